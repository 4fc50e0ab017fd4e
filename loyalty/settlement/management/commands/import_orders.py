"""Import a file of order lines (CSV, CSV.gz, Parquet) into a storefront.

Safe to run twice and to kill: the same file with the same options goes on where it
stopped, and changes nothing once it is done. docs/algorithms/import.md tells how.
"""

from __future__ import annotations

import csv
import os
import resource
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from datetime import date
from heapq import merge
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from config.kernel import clock
from config.kernel.errors import DomainError
from loyalty.settlement import selectors
from loyalty.settlement.importing import mapping as mappings
from loyalty.settlement.importing import staging
from loyalty.settlement.services import imports, sharing
from loyalty.settlement.services.imports import ChunkDone, ImportOptions
from members.programmes import selectors as programmes_selectors


class Command(BaseCommand):
    help = "Import a file of order lines (CSV, CSV.gz or Parquet) into a storefront."
    # They look at pages and admin screens, which takes a second and tells nothing of a file.
    requires_system_checks = ()
    _silent = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--storefront", help="its code (default: the mapping's)")
        parser.add_argument(
            "--mapping",
            type=Path,
            default=mappings.DEFAULT,
            help="which column means what, .toml or .json (default: UCI Online Retail)",
        )
        parser.add_argument(
            "--shift-to",
            type=_day,
            help="move all dates by whole days so that the newest falls on this one",
        )
        parser.add_argument(
            "--rejects", type=Path, help="write the line number and reason of every refused line"
        )
        parser.add_argument("--chunk", type=_positive, default=imports.CHUNK_LINES)
        parser.add_argument(
            "--jobs",
            type=_positive,
            default=sharing.default_jobs(),
            help="how many processes share the work (default: %(default)s here)",
        )
        parser.add_argument("--dry-run", action="store_true", help="rehearse; keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        self._silent = options["verbosity"] == 0
        try:
            self._import(options)
        except DomainError as refused:
            raise CommandError(str(refused)) from refused

    def _import(self, options: dict[str, Any]) -> None:
        asked = _options(options)
        began = time.monotonic()
        digest = imports.digest_import(path=options["file"], options=asked)
        known = selectors.find_import(digest=digest)
        if known is not None and known.chunk_lines is not None:
            # It goes on in the chunks it was started in.
            options["chunk"] = known.chunk_lines
        if known is not None and known.state == "done" and not options["dry_run"]:
            self.stdout.write("This file has been imported with these options: nothing to do.")
            if options["rejects"]:
                with tempfile.TemporaryDirectory(prefix="import-") as folder:
                    self._lay_out(options, asked, Path(folder))
                    self._write_rejects(options["rejects"], known.id, Path(folder))
            self._tell(known, None)
            return
        with tempfile.TemporaryDirectory(prefix="import-") as folder:
            laid_out = Path(folder)
            self._lay_out(options, asked, laid_out)
            if options["dry_run"]:
                self._rehearse(asked, laid_out)
                return
            run_id = imports.start_import(
                path=options["file"],
                options=asked,
                laid_out=laid_out,
                actor=f"command:{os.getuid()}",
                now=clock.now(),
                chunk_lines=options["chunk"],
                digest=digest,
            )
            before = selectors.get_import(run_id=run_id)
            with self._bar(before.lines, before.done) as bar:
                sharing.share_import(
                    run_id=run_id,
                    laid_out=laid_out,
                    clock=clock.now,
                    progress=lambda done: _advance(bar, done),
                    jobs=options["jobs"],
                )
            finished = imports.finish_import(run_id=run_id, now=clock.now())
            if options["rejects"]:
                self._write_rejects(options["rejects"], run_id, laid_out)
        after = selectors.get_import(run_id=run_id)
        read_before = before.done if known is not None else 0
        self._tell(after, (after.done - read_before) / (time.monotonic() - began))
        if not finished:
            self.stdout.write("Another process is still at work on the rest of this import.")

    def _lay_out(self, options: dict[str, Any], asked: ImportOptions, into: Path) -> None:
        if not self._silent:
            self.stderr.write("Reading the file …")
        imports.lay_out(
            path=options["file"], options=asked, into=into, chunk_lines=options["chunk"]
        )

    def _rehearse(self, asked: ImportOptions, laid_out: Path) -> None:
        lines = staging.count_lines(laid_out)
        with self._bar(lines, sum(staging.count_rejects(laid_out).values())) as bar:
            reasons = imports.rehearse_import(
                options=asked,
                laid_out=laid_out,
                now=clock.now(),
                progress=lambda done: _advance(bar, done),
            )
        self.stdout.write("Rehearsal: nothing was kept.")
        self._tell_lines(lines, lines - reasons.total(), reasons)

    def _bar(self, lines: int, done: int) -> Any:
        quiet = None if sys.stderr.isatty() else 5.0
        return tqdm(
            total=lines,
            initial=done,
            unit=" lines",
            unit_scale=True,
            file=sys.stderr,
            disable=self._silent,
            mininterval=quiet or 0.1,
        )

    def _tell(self, progress: selectors.ImportProgress, speed: float | None) -> None:
        self._tell_lines(progress.lines, progress.imported, progress.rejected)
        self.stdout.write(
            f"orders: {progress.orders}  refunds: {progress.refunds}  members: {progress.members}"
        )
        if speed is not None:
            self.stdout.write(f"{speed:,.0f} lines/s, peak memory {_peak_memory()}")

    def _tell_lines(self, lines: int, imported: int, reasons: Any) -> None:
        self.stdout.write(f"lines: {lines}  imported: {imported}  rejected: {reasons.total()}")
        for reason, count in reasons.most_common():
            self.stdout.write(f"  {reason}: {count}")

    def _write_rejects(self, path: Path, run_id: int, laid_out: Path) -> None:
        settling = sorted(selectors.iter_chunk_rejects(run_id=run_id))
        _write_csv(path, merge(staging.rejects(laid_out), settling))


def _peak_memory() -> str:
    """Return the most memory that this process had, and the biggest of its helpers."""
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
    status = Path("/proc/self/status")
    if status.exists():
        # The usage above begins with what the process had that started this one.
        own = int(status.read_text().split("VmHWM:")[1].split()[0]) // 1024
    helper = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // unit
    return f"{own} MB, of a helper {helper} MB" if helper else f"{own} MB"


def _advance(bar: Any, done: ChunkDone) -> None:
    bar.update(done.lines)


def _options(options: dict[str, Any]) -> ImportOptions:
    mapping = mappings.load(options["mapping"])
    code = options["storefront"] or mapping.storefront
    storefront = programmes_selectors.find_storefront(code) if code else None
    if storefront is None:
        raise CommandError(f"there is no storefront {code!r}: name one with --storefront")
    return ImportOptions(storefront=storefront, mapping=mapping, shift_to=options["shift_to"])


def _write_csv(path: Path, rows: Iterable[tuple[int, str]] | Iterator[tuple[int, str]]) -> None:
    """Write the file beside its place and move it there whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "reason"])
        writer.writerows(rows)
    draft.replace(path)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number
