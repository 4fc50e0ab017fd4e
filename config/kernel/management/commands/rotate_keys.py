"""`manage.py rotate_keys`: rewrite what is encrypted under older keys."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.kernel import crypto, rotation


class Command(BaseCommand):
    help = "Rewrite encrypted values under ENCRYPTION_PRIMARY. May be stopped and run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is left")

    def handle(self, *, check: bool = False, **options: Any) -> None:
        left: Counter[int] = Counter()
        for column in rotation.columns():
            name = f"{column.table}.{column.name}"
            self._refuse_unknown(name, column)
            if not check:
                count = rotation.rotate(column=column, tell=partial(self._tell, name))
                self.stdout.write(f"{name}: {count}")
            remaining = rotation.count_left(column=column)
            left.update(remaining)
            if remaining:
                self.stdout.write(f"{name}: left under {_words(remaining)}")
        self.stdout.write(f"left under other keys: {left.total()}")
        if left:
            raise CommandError(
                "rows were in use, or are still to be done: run it again before a key is removed"
            )

    def _tell(self, name: str, count: int) -> None:
        self.stderr.write(f"{name}: {count} so far")

    def _refuse_unknown(self, name: str, column: rotation.Column) -> None:
        """Say which key is missing before anything is touched."""
        known = set(crypto.ring().keys)
        if missing := set(rotation.count_left(column=column)) - known:
            raise CommandError(
                f"{name} holds values under key {min(missing)}, which ENCRYPTION_KEYS does not"
                " have. Put that key back; without it they cannot be read again."
            )


def _words(remaining: dict[int, int]) -> str:
    return ", ".join(f"key {key}: {count}" for key, count in sorted(remaining.items()))
