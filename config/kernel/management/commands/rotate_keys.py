"""`manage.py rotate_keys`: rewrite what is encrypted under older keys."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config.kernel import rotation


class Command(BaseCommand):
    help = "Rewrite encrypted values under ENCRYPTION_PRIMARY. May be stopped and run again."

    def handle(self, **options: Any) -> None:
        for column in rotation.columns():
            count = rotation.rotate(column=column)
            self.stdout.write(f"{column.table}.{column.name}: {count}")
