"""Rejected rows that a person corrects on a page: their cells, what was typed, how they are checked and sent."""
