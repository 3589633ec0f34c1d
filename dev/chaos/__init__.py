"""Fault injection over real processes: `make chaos` (MINUTES, SEED). How to read it: docs/development.md.

`stack` starts the processes, `lists` makes the suppliers' files, `client` sends them over HTTP, `faults` says
what can go wrong and `injector` does it, `catalogue`, `uploads` and `status` compare the outcome with the
oracle (`bulk_upload/tests/helpers/oracle.py`), `soak` puts them together and `report` counts.
"""
