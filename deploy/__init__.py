"""How MediSupply is run: the embedded stack of `make run`, and the configuration files of production."""
