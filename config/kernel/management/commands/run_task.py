"""Run a Celery task in the foreground, now or as if at another time."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError

from config.kernel import clock, instants


class Command(BaseCommand):
    help = "Run the Celery task NAME here, in the foreground, and print what it returns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="for example points.expire_due")
        parser.add_argument("--now", help="the instant to run it as if at (ISO 8601)")
        parser.add_argument("--kwargs", default="{}", help="the task's arguments as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        current_app.loader.import_default_modules()
        task = current_app.tasks.get(options["name"])
        if task is None:
            known = sorted(n for n in current_app.tasks if not n.startswith("celery."))
            raise CommandError(f"no task {options['name']}; there are: {', '.join(known)}")
        when = nullcontext()
        if options["now"]:
            when = clock.shifted(to=_instant(options["now"]))  # type: ignore[assignment]
        with when:
            result = task.apply(kwargs=json.loads(options["kwargs"]), throw=True)
        self.stdout.write(f"{options['name']}: {json.dumps(result.result, default=str)}")


def _instant(text: str) -> Any:
    try:
        return instants.read(text)
    except ValueError as exc:
        raise CommandError(str(exc)) from None
