"""`python -m benchmarks.django_process MODULE`: set Django up, then run the module's `main`."""

from __future__ import annotations

import importlib
import sys

import django

if __name__ == "__main__":
    django.setup()
    importlib.import_module(sys.argv[1]).main()
