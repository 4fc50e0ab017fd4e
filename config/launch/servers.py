"""Find the servers a command needs. (The launcher fills this in.)"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

# Commands that change the schema act as the owner of the database, everything else
# as the application's role, which cannot change or delete ledger entries.
OWNER_COMMANDS = frozenset({"migrate", "sqlmigrate", "squashmigrations", "ensure_partitions"})


@contextmanager
def for_command(argv: list[str]) -> Iterator[None]:
    if len(argv) > 1 and argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("CHANGKE_AS_OWNER", "1")
    yield
