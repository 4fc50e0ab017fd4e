"""Fixtures every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

import config.celery  # noqa: F401  (a task that is sent goes to our broker)
from config.kernel import memory
from tests import emptying

# The tests serve no collected files.
settings.WHITENOISE_AUTOREFRESH = True
# Tests deliver events by `relay.drain`, not by a worker of somebody else.
settings.OUTBOX_WAKE = False
settings.PASSWORD_HASHERS = ["tests.hashing.QuickHasher", *settings.PASSWORD_HASHERS[1:]]
# No test waits for a memory to age, and none finds what another left in it.
settings.MEMORY_SECONDS = 3600.0


def _act_as_app_role() -> None:
    """Make every connection of this process act as the role the web and workers use."""
    options = connections["default"].settings_dict["OPTIONS"]
    options["options"] = f"-c role={settings.APP_ROLE} -c lock_timeout={settings.LOCK_TIMEOUT_MS}"
    connections["default"].close()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_use_migrations: bool,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Create the test database as its owner, then step down to the application's role."""
    from django.test.utils import setup_databases, teardown_databases

    keep = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock():
        config = setup_databases(verbosity=0, interactive=False, keepdb=keep, serialized_aliases=[])
        _act_as_app_role()
        _flush_as_owner()
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            connections["default"].settings_dict["OPTIONS"].pop("options", None)
            connections["default"].close()
            teardown_databases(config, verbosity=0)


def _flush_as_owner() -> None:
    """Let TransactionTestCase empty the tables, which the application's role may not."""
    # On the class: a test that drives a browser gets a connection object of its own.
    ops = type(connections["default"].ops)

    def execute_sql_flush(self: Any, sql_list: list[str]) -> None:
        with emptying.as_owner() as owner:
            for sql in sql_list:
                owner.execute(sql)

    ops.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign,assignment]
    emptying.by_need()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Ids may come again after a rolled back test; what a process remembers must not."""
    memory.forget_all()


@pytest.fixture(autouse=True, scope="session")
def _static_files_without_manifest() -> Iterator[None]:
    """Let templates name static files that nobody has collected."""
    from django.test.utils import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        yield
