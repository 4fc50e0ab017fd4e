"""Prove that every account's ledger, lots and balances agree."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from points import selectors


class Command(BaseCommand):
    help = "Compare entries, lots, reservations and accounts; exit 1 and list what differs."

    def handle(self, *args: Any, **options: Any) -> None:
        differences = 0
        for difference in selectors.reconcile(progress=self._show):
            differences += 1
            self.stdout.write(str(difference))
        self.stdout.write(f"differences: {differences}")
        if differences:
            sys.exit(1)

    def _show(self, done: int, of: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done:,} of {of:,} members", ending="" if done < of else "\n")
