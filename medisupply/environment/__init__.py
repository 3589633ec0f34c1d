"""The environment variables: each is declared once, with type, default, unit, limits and meaning.

The settings read these declarations (`variable.py`, `kinds.py`), nonsense is refused by name at start (`loading.py`,
`production.py`), and docs/configuracion.md and .env.example are made from them (`dev/configuration.py`).
"""
