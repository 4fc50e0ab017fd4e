"""Real servers for the tests, and the database acted on as the application's role."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.launch import testing
from config.pages import catalogue

# Before Django reads its settings: servers for this run, or the ones the environment names.
testing.prepare()
# Both languages are tested, and compiled messages are not committed.
catalogue.compile_catalogue()
