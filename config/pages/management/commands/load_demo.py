"""Load the demo shop; safe to run again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.kernel import clock
from config.pages.demo import loading


class Command(BaseCommand):
    help = "Load the demo shop: two programmes, members with orders, a real-data sample, staff."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo is loaded into demo installations alone.")
        for line in loading.load(now=clock.now()):
            self.stdout.write(line)
