"""`manage.py messages extract|compile|check`: translations without gettext's binaries."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.pages import catalogue


class Command(BaseCommand):
    help = "Extract, compile or check the Chinese catalogue."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("step", choices=["extract", "compile", "check"])

    def handle(self, *, step: str, **options: Any) -> None:
        if step == "compile":
            self.stdout.write(str(catalogue.compile_catalogue()))
        elif step == "extract":
            self.stdout.write(f"{len(catalogue.update_catalogue())} messages")
        elif problems := catalogue.list_problems():
            raise CommandError(f"{len(problems)} problems:\n" + "\n".join(problems))
        else:
            self.stdout.write("every string has its Chinese")
