"""Rows → checked chunks: every rule that needs no database. Runs in the guarded child; knows no Django."""
