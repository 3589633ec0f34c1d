"""The sheets that suppliers fill in, as data: the guarded reader imports them without Django."""
