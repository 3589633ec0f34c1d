"""Spreadsheets as people and programs really make them: `make_awkward.py` says how each was made."""
