"""`manage.py privacy_register`: print what is held of persons, why, how long, how it goes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from config.kernel import printing


class Command(BaseCommand):
    help = "Print the register of personal data as Markdown or CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["markdown", "csv"], default="markdown")
        parser.add_argument("--language", choices=["en", "zh-hans"], default="en")

    def handle(self, **options: Any) -> None:
        write = printing.as_csv if options["format"] == "csv" else printing.as_markdown
        with translation.override(options["language"]):
            self.stdout.write(write(), ending="")
