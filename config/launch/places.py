"""Where things lie: the checkout, and VAR, the folder of everything that a run leaves behind.

As root the servers run as another user, so VAR must be a folder that user can reach: when
it is not (root's own home is closed to others), VAR becomes a link to a system data folder
named after the checkout.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SYSTEM_DATA = Path("/Library/Application Support" if sys.platform == "darwin" else "/var/lib")
DEFAULT_PORT = 8000


class LaunchError(Exception):
    """Something the person at the keyboard can put right; the message says how."""


def port() -> int:
    """Return the port of the web server (PORT, default 8000).

    Raises:
        LaunchError: PORT is no port number.
    """
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise LaunchError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def is_reachable(path: Path) -> bool:
    """Tell whether every user may pass through the folders above `path`."""
    for folder in Path(os.path.abspath(path)).parents:
        try:
            mode = folder.stat().st_mode
        except FileNotFoundError:
            continue  # made by us later, open to passing through
        if not mode & 0o001:
            return False
    return True


def var() -> Path:
    """Return VAR (default var/ in the checkout), made and reachable by the servers' user."""
    wanted = Path(os.path.abspath(os.environ.get("VAR") or ROOT / "var"))
    if os.geteuid() != 0:
        wanted.mkdir(parents=True, exist_ok=True)
        return wanted.resolve()
    if is_reachable(wanted.resolve()):
        _make_passable(wanted)
        return wanted.resolve()
    if not wanted.is_symlink() and wanted.is_dir() and any(wanted.iterdir()):
        raise LaunchError(
            f"{wanted} cannot be reached by the database's user, and it is not empty. "
            "Name another folder with VAR=…, or move it away."
        )
    return _moved(wanted)


def _moved(wanted: Path) -> Path:
    """Make a system data folder and leave a link to it at `wanted`."""
    # A random tail: a new checkout in an old one's place must not find the old one's data.
    home = SYSTEM_DATA / "changke" / f"{ROOT.name}-{secrets.token_hex(4)}"
    _make_passable(home)
    if wanted.is_dir() and not wanted.is_symlink():
        wanted.rmdir()
    wanted.parent.mkdir(parents=True, exist_ok=True)
    wanted.unlink(missing_ok=True)
    wanted.symlink_to(home)
    return home


def _make_passable(folder: Path) -> None:
    """Make `folder` so that others may pass through it, whatever the umask says."""
    target = folder.resolve()
    missing = [target, *target.parents]
    for path in reversed([path for path in missing if not path.exists()]):
        path.mkdir(exist_ok=True)
        path.chmod(0o755)
    if not target.stat().st_mode & 0o001:
        target.chmod(target.stat().st_mode | 0o011)
