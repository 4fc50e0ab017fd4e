"""Bring a file into a form that can be trusted: whole, readable, with the columns wanted.

A compressed file is unpacked first, so that a damaged or cut one is refused before
anything is done with it. The content's hash is the import's identity.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from loyalty.settlement.importing.errors import FileUnreadableError, MappingInvalidError
from loyalty.settlement.importing.mapping import Mapping

_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file as it will be read: where, of what kind, and with which columns (CSV)."""

    path: Path
    kind: str
    header: tuple[str, ...] = ()


def digest(path: Path) -> str:
    """Return the hash of the file's content.

    Raises:
        FileUnreadableError: it is not there, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as wrong:
        raise FileUnreadableError(f"{path}: {wrong.strerror}") from wrong


def prepare(path: Path, mapping: Mapping, *, into: Path) -> Source:
    """Unpack a file if need be, look at its header, and return how to read it.

    Raises:
        FileUnreadableError: it is gone, empty, damaged or not UTF-8.
        MappingInvalidError: a column that the mapping names is missing.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
            if start == _PARQUET:
                return Source(path=path, kind="parquet")
            if start[:2] == _GZIP:
                file.seek(0)
                path = _unpack(file, path, into / "unpacked.csv")
        header = _header(path, mapping.delimiter)
    except OSError as wrong:
        raise FileUnreadableError(f"{path}: {wrong.strerror or wrong}") from wrong
    check_columns(header, mapping)
    return Source(path=path, kind="csv", header=header)


def check_columns(header: tuple[str, ...], mapping: Mapping) -> None:
    """Refuse a file without the columns that the mapping names.

    Raises:
        MappingInvalidError: one is missing, or stands there twice.
    """
    for column in [*mapping.columns.values(), *mapping.attributes.values()]:
        if header.count(column) != 1:
            fault = "no column" if column not in header else "more than one column"
            found = ", ".join(header)[:200]
            raise MappingInvalidError(f"the file has {fault} {column!r}; it has: {found}")


def _unpack(packed: BinaryIO, name: Path, into: Path) -> Path:
    try:
        with gzip.GzipFile(fileobj=packed) as file, into.open("wb") as out:
            while block := file.read(_BLOCK):
                out.write(block)
    except (EOFError, gzip.BadGzipFile, zlib.error) as wrong:
        raise FileUnreadableError(f"{name}: the gzip file is damaged or cut: {wrong}") from wrong
    return into


def _header(path: Path, delimiter: str) -> tuple[str, ...]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file, delimiter=delimiter), [])
    except UnicodeDecodeError as wrong:
        raise FileUnreadableError(f"{path.name}: not UTF-8 text ({wrong.reason})") from wrong
    except csv.Error as wrong:
        raise FileUnreadableError(f"{path.name}: not a CSV file ({wrong})") from wrong
    if not any(header):
        raise FileUnreadableError(f"{path.name}: the file is empty")
    return tuple(header)
