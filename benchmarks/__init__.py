"""How fast an import is, beside the limit of its parts and beside what people would use instead."""
