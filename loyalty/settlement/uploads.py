"""Files that operators upload: where they lie, how they are worked on, and when they go.

An import's folder holds the file and its layout until it is done; then only the list of
refused lines stays. Web and workers share the folder (settings.IMPORT_FOLDER); nothing in
it is ever served as it is.
"""

from __future__ import annotations

import csv
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from heapq import merge
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from loyalty.settlement import selectors
from loyalty.settlement.importing import staging
from loyalty.settlement.importing.errors import FileUnreadableError
from loyalty.settlement.services import imports
from loyalty.settlement.services.imports import ChunkDone, ImportOptions

_REJECTS = "rejects.csv"
# A task hands over after so long: well below the broker's patience.
_TURN_SECONDS = 300.0


class _TurnOverError(Exception):
    """Enough for one task; the next goes on. Raised between chunks, so nothing is lost."""


def start(*, upload: UploadedFile[Any], options: ImportOptions, actor: str, now: datetime) -> int:
    """Keep an uploaded file, lay it out, and start its import; return the import's id.

    Raises:
        FileUnreadableError, MappingInvalidError: the file is not what it should be.
        ImportCancelledError: this very import was cancelled; it can be resumed.
    """
    folder = _root() / f"new-{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700)
    try:
        # The name is the operator's own, but never a path.
        path = folder / (Path(upload.name or "").name[-150:] or "upload")
        with path.open("wb") as file:
            for block in upload.chunks():
                file.write(block)
        imports.lay_out(path=path, options=options, into=folder)
        run_id = imports.start_import(
            path=path, options=options, laid_out=folder, actor=actor, now=now
        )
        if not folder_of(run_id).exists():
            folder.rename(folder_of(run_id))
        return run_id
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def folder_of(run_id: int) -> Path:
    """Return where an import's files lie, if it was uploaded."""
    return _root() / str(run_id)


def is_here(run_id: int) -> bool:
    """Tell whether an import's layout is here to be worked on."""
    return (folder_of(run_id) / staging.NAME).exists()


def work(*, run_id: int, clock: Callable[[], datetime], seconds: float = _TURN_SECONDS) -> bool:
    """Work on an import for a turn; return whether it is finished.

    Raises:
        FileUnreadableError: its file is not here, such as in a worker without the folder.
        ImportCancelledError: it was cancelled in the meantime.
    """
    if not is_here(run_id):
        raise FileUnreadableError(f"the file of import {run_id} is not in {_root()}")
    until = time.monotonic() + seconds

    def look_at_the_time(done: ChunkDone) -> None:
        if time.monotonic() > until:
            raise _TurnOverError

    try:
        imports.work_import(
            run_id=run_id,
            laid_out=folder_of(run_id),
            clock=clock,
            progress=look_at_the_time,
        )
    except _TurnOverError:
        return False
    if imports.finish_import(run_id=run_id, now=clock()):
        _tidy(run_id)
        return True
    return False


def list_rejects(run_id: int) -> Iterator[tuple[object, str]]:
    """Yield the refused lines of an import, number and reason, in the order of the file."""
    kept = folder_of(run_id) / _REJECTS
    if kept.exists():
        with kept.open(newline="", encoding="utf-8") as file:
            yield from ((line, reason) for line, reason in csv.reader(file))
        return
    settling = sorted(selectors.iter_chunk_rejects(run_id=run_id))
    early = staging.rejects(folder_of(run_id)) if is_here(run_id) else iter(())
    yield from merge(early, settling)


def _tidy(run_id: int) -> None:
    """Keep the refused lines, and delete what names customers: the file and its layout."""
    folder = folder_of(run_id)
    rows: Iterable[tuple[object, str]] = list(list_rejects(run_id))
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    with (folder / _REJECTS).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def _root() -> Path:
    root = Path(settings.IMPORT_FOLDER)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return root
