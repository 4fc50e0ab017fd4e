"""Files that nobody reads without the keys: encrypted in frames, each bound to its place.

A frame is its length in four bytes and a ciphertext of `kernel.crypto`; what is
authenticated names the file, the frame's number and whether it is the last one, so that
frames cannot be moved, left out or cut off. Files lie outside of anything a web server
serves, under names nobody guesses.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from config.kernel import crypto

FRAME = 1 << 20
_LENGTH = 4


class DamagedFileError(RuntimeError):
    """A file ends before its last frame, or in the middle of one."""


def new_name() -> str:
    """Return a file name that nobody guesses."""
    return secrets.token_urlsafe(32)


def store(path: Path, source: BinaryIO, *, context: str) -> int:
    """Encrypt what is read from `source` into `path`; return how many bytes it was.

    The file is there as a whole or not at all.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.part")
    size = 0
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        number, frame = 0, source.read(FRAME)
        while True:
            following = source.read(FRAME)
            sealed = crypto.ring().encrypt(frame, context=_place(context, number, not following))
            out.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
            size += len(frame)
            if not following:
                break
            number, frame = number + 1, following
    draft.replace(path)
    return size


def load(path: Path, *, context: str) -> Iterator[bytes]:
    """Yield what a file holds, frame by frame.

    Raises:
        DamagedFileError: it is not whole.
        UnknownKeyError, InvalidTag: see `kernel.crypto`.
    """
    with path.open("rb") as file:
        number, frame = 0, _next_frame(file)
        while frame:
            following = _next_frame(file)
            place = _place(context, number, not following)
            yield crypto.ring().decrypt(frame, context=place)
            number, frame = number + 1, following
        if number == 0:
            raise DamagedFileError(path.name)


def _next_frame(file: BinaryIO) -> bytes:
    head = file.read(_LENGTH)
    if not head:
        return b""
    length = int.from_bytes(head, "big")
    frame = file.read(length)
    if len(head) < _LENGTH or len(frame) < length or not frame:
        raise DamagedFileError(str(getattr(file, "name", "")))
    return frame


def _place(context: str, number: int, is_last: bool) -> str:
    return f"{context}:{number}:{'last' if is_last else 'more'}"
