"""The files of exports: CSV that no spreadsheet runs, encrypted where it lies, marked with who."""

from __future__ import annotations

import base64
import csv
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from django.conf import settings

from config.kernel import crypto
from config.kernel.cells import cell

_CONTEXT = "members.export"


def as_text(rows: Iterable[Iterable[object]]) -> str:
    """Return rows as CSV."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[cell(value) for value in row] for row in rows])
    return buffer.getvalue()


def path_of(run_id: int) -> Path:
    """Return where the file of an export lies."""
    return Path(settings.EXPORT_FOLDER) / "bulk" / f"export-{run_id}.enc"


def create(run_id: int) -> IO[bytes]:
    """Open a new file that only this user of the machine may read."""
    path = path_of(run_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def append(file: IO[bytes], text: str) -> None:
    """Write a part, encrypted by itself, so that it is read without holding the whole."""
    file.write(base64.b64encode(crypto.ring().encrypt(text.encode(), context=_CONTEXT)) + b"\n")


def read(run_id: int) -> Iterator[str]:
    """Yield the parts of a file; nothing when it is gone."""
    try:
        with path_of(run_id).open("rb") as file:
            for line in file:
                yield crypto.ring().decrypt(base64.b64decode(line), context=_CONTEXT).decode()
    except FileNotFoundError:
        return


def remove(run_id: int) -> None:
    """Delete the file of an export."""
    path_of(run_id).unlink(missing_ok=True)
