"""Share an import among several processes of this machine."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from django.db import connection, connections

from loyalty.settlement.services.imports import ChunkDone, work_import

# Beyond this they would wait for the database.
_MOST_JOBS = 16
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def default_jobs() -> int:
    """Return how many processes an import gets: two, where it is safe to fork and worth it."""
    if sys.platform == "darwin" or not hasattr(os, "fork"):
        return 1
    return min(2, os.cpu_count() or 1)


def share_import(
    *,
    run_id: int,
    laid_out: Path,
    clock: Callable[[], datetime],
    progress: Callable[[ChunkDone], None],
    jobs: int,
) -> None:
    """Settle an import's chunks with `jobs` processes, this one among them.

    Each takes the chunks that nobody is at, so it does not matter if one of them dies: what
    it had under way is done by another. They end with this process, whatever ends it. Inside
    a transaction nobody else could see the import, so this process works alone.

    Raises:
        ImportCancelledError: it was cancelled in the meantime.
    """

    def work(tell: Callable[[ChunkDone], None]) -> None:
        work_import(run_id=run_id, laid_out=laid_out, clock=clock, progress=tell)

    if jobs < 2 or connection.in_atomic_block:
        work(progress)
        return
    connections.close_all()
    helpers = [_Helper(work) for _ in range(min(jobs, _MOST_JOBS) - 1)]
    try:

        def tell(done: ChunkDone) -> None:
            progress(done)
            for helper in helpers:
                helper.drain(progress, wait=False)

        work(tell)
        for helper in helpers:
            helper.drain(progress, wait=True)
    finally:
        for helper in helpers:
            helper.end()
    # What a helper that died had under way.
    work(progress)


class _Helper:
    """A forked process that works on the import too, and tells of each chunk it has done."""

    def __init__(self, work: Callable[[Callable[[ChunkDone], None]], None]) -> None:
        context: Any = multiprocessing.get_context("fork")
        self._told, theirs = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_help, args=(work, theirs, os.getpid()), name="import-helper", daemon=True
        )
        with warnings.catch_warnings():
            # From 3.12 on Python warns of a fork beside threads. Here that can only be the one
            # that wakes the relay, and a helper starts its own.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()
        theirs.close()

    def drain(self, progress: Callable[[ChunkDone], None], *, wait: bool) -> None:
        """Pass on what the helper has told; with `wait`, until it has ended."""
        try:
            while self._told.poll(None if wait else 0):
                progress(self._told.recv())
        except EOFError:
            return

    def end(self) -> None:
        self._process.terminate()
        self._process.join()
        self._told.close()


def _help(
    work: Callable[[Callable[[ChunkDone], None]], None], told: Connection, parent: int
) -> None:
    # A Ctrl-C is the parent's, who then ends its helpers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        # Killed with the parent even in the midst of a chunk, which is then nobody's.
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)

    def tell(done: ChunkDone) -> None:
        if os.getppid() != parent:
            sys.exit(1)
        told.send(done)

    work(tell)
    connections.close_all()
