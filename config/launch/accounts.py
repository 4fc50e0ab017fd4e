"""Who the servers run as. PostgreSQL refuses root, so root's servers step down to another user."""

from __future__ import annotations

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from config.launch.places import LaunchError, is_reachable


class Demotion(TypedDict, total=False):
    """Arguments of subprocess.Popen that step down to the account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """The user the servers run as; None for the user who starts them."""

    uid: int | None
    gid: int | None

    def demotion(self) -> Demotion:
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give `path` to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def make_folder(self, path: Path) -> Path:
        """Make a folder that only the account may enter."""
        path.mkdir(mode=0o700, exist_ok=True)
        self.own(path)
        return path


def for_servers() -> Account:
    """Return the account for the servers: ours, or as root `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return Account(None, None)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise LaunchError(
        "PostgreSQL does not run as root and there is no user postgres or nobody to run it as. "
        "Start as an ordinary user."
    )


def copy_within_reach(*, account: Account, sources: list[Path], target: Path) -> Path:
    """Return `target` holding copies of `sources`, for an account that cannot reach them."""
    if target.exists():
        return target
    draft = target.with_name(target.name + ".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o755)
    for source in sources:
        if source.is_dir():
            shutil.copytree(source, draft / source.name, symlinks=True)
        elif source.exists():
            shutil.copy2(source, draft / source.name)
    for path in [draft, *draft.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
            if path.stat().st_mode & 0o100:
                path.chmod(path.stat().st_mode | 0o011)
    draft.rename(target)
    return target


def needs_copy(account: Account, binary: Path) -> bool:
    """Tell whether the account cannot reach a binary that we can."""
    return account.uid is not None and not is_reachable(binary.resolve())
