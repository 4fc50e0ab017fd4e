"""Compile the member center's stylesheet: `make css`, a development step.

Tailwind's binary comes from PyPI (requirements-dev.txt). daisyUI has no Python package: its
npm tarball is fetched once, by npm itself, into var/cache and is not committed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

DAISYUI = "daisyui@5.8.1"


class Command(BaseCommand):
    help = "Compile config/pages/css/app.css to static/css/app.css."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        _fetch_daisyui(root / "var" / "cache")
        target = root / "static" / "css" / "app.css"
        _run([_tailwind(), "-i", "config/pages/css/app.css", "-o", str(target), "--minify"], root)
        self.stdout.write(f"{target.relative_to(root)}: {target.stat().st_size:,} bytes")


def _tailwind() -> str:
    beside_python = Path(sys.executable).with_name("tailwindcss")
    found = str(beside_python) if beside_python.exists() else shutil.which("tailwindcss")
    if not found:
        raise CommandError("tailwindcss is missing: pip install -r requirements-dev.txt")
    return found


def _fetch_daisyui(cache: Path) -> None:
    if (cache / "daisyui" / "index.js").exists():
        return
    npm = shutil.which("npm")
    if not npm:
        raise CommandError(f"npm is needed once, to fetch {DAISYUI} (npm pack, no Node project)")
    cache.mkdir(parents=True, exist_ok=True)
    _run([npm, "pack", "--silent", DAISYUI], cache)
    name = DAISYUI.replace("@", "-") + ".tgz"
    with tarfile.open(cache / name) as archive:
        archive.extractall(cache, filter="data")
    (cache / "package").rename(cache / "daisyui")


def _run(command: list[str], folder: Path) -> None:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)  # noqa: S603
    if result.returncode:
        raise CommandError(result.stderr.strip() or f"{command[0]} failed")
