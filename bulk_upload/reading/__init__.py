"""File → rows, or checked chunks of them. `files` is the only door; `table` says what comes out."""
