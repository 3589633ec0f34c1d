#!/usr/bin/env python
"""Django's command line for MediSupply."""

import os
import sys

from medisupply.environment.loading import load_environment
from medisupply.environment.refusal import in_words


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medisupply.settings")
    # Before Django, which shows a traceback for some commands and half a list of commands for others.
    with in_words():
        load_environment()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
