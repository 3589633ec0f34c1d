"""The log: one line for each event, with the identifiers of what it belongs to."""
