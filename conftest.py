"""Real servers for the tests, and the settings that name them.

Everything below happens while this file is imported, since the next conftest.py may
already import models.
"""

from __future__ import annotations

import os

import django

from config.launch import testing
from config.pages import catalogue

testing.prepare()
# Both languages are tested, and compiled messages are not committed.
catalogue.compile_catalogue()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
