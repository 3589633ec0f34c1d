"""`python -m medisupply.environment`: says what in the environment makes no sense, and leaves with 1; else with 0."""

from __future__ import annotations

from medisupply.environment.loading import load_environment
from medisupply.environment.refusal import in_words

with in_words():
    load_environment()
