"""Real servers for the tests, and the settings that name them.

Everything below happens while this file is imported, since the next conftest.py may
already import models.
"""

from __future__ import annotations

import os
from typing import Any

import django
import pytest

from config.launch import testing
from config.pages import catalogue

testing.prepare()
# Both languages are tested, and compiled messages are not committed.
catalogue.compile_catalogue()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """Tell each worker of a parallel run its own databases before it reads its settings.

    The worker itself would be too late: pytest-django reads them before any conftest.py.
    """
    for spec in specs:
        spec.env = {**(spec.env or {}), **testing.aside(spec.id)}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked soak unless the command line asks for it by -m."""
    if "soak" in config.getoption("markexpr"):
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]
