"""Let `manage.py migrate` compare the keys with the database's, and tell it of new ones."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import CommandError
from django.db import connections

from config.kernel import keyring


def compare(*, using: str = "default", **_: Any) -> None:
    """Refuse to migrate a database that was written with other keys (pre_migrate receiver).

    Raises:
        CommandError: it was.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        if keyring.TABLE in connection.introspection.table_names(cursor):
            _remember(using)


def remember(*, using: str = "default", **_: Any) -> None:
    """Write down which keys the database is written with (post_migrate receiver)."""
    _remember(using)


def _remember(using: str) -> None:
    connection = connections[using]
    connection.ensure_connection()
    try:
        keyring.remember(connection.connection, ours=keyring.fingerprints(os.environ))
    except keyring.KeysRefusedError as refused:
        raise CommandError(str(refused)) from None
