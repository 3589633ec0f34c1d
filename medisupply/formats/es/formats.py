"""Numbers as Colombia writes them (1.250.000,50); the rest is Django's own Spanish."""

THOUSAND_SEPARATOR = "."
