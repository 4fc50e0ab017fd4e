"""Run a command as if at another time."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import REMAINDER, ArgumentParser
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.kernel import clock, instants


class Command(BaseCommand):
    help = "Run another command as if at a given time: travel --to 2027-03-01 -- run_task NAME"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", required=True, help="date, or date and time (ISO 8601)")
        parser.add_argument("--zone", help=f"zone of --to (default {settings.DEFAULT_ZONE})")
        parser.add_argument("words", nargs=REMAINDER, metavar="COMMAND", help="after --")

    def handle(self, *args: Any, **options: Any) -> None:
        words = [w for i, w in enumerate(options["words"]) if not (i == 0 and w == "--")]
        if words[:1] == ["manage.py"]:
            words = words[1:]
        if not words:
            raise CommandError("say which command to run, after --")
        try:
            to = instants.read(options["to"], zone=options["zone"])
        except (ValueError, ZoneInfoNotFoundError) as exc:
            raise CommandError(str(exc)) from None
        offset = (to - datetime.now(UTC)).total_seconds()
        environment = {**os.environ, clock.OFFSET_VARIABLE: repr(offset)}
        # The same interpreter and manage.py, one word per argument, no shell.
        done = subprocess.run(  # noqa: S603
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *words],
            env=environment,
            check=False,
        )
        if done.returncode != 0:
            sys.exit(done.returncode)
