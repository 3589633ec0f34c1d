"""File → rows. `files.open_table` is the only door; `table.py` says what comes out."""
