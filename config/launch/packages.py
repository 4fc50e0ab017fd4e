"""The virtual environment .venv: made, filled, and known to fit by a stamp.

Standard library only. A stamp holds the hash of everything the packages depend on, so that a
second start only compares; a set-up that was killed leaves no stamp and is made anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from config.launch import places

UV = "uv==0.13.9"
VENV = places.ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CONSTRAINTS = places.ROOT / "config" / "launch" / "constraints.txt"
STARTED = "CHANGKE_STARTED_AT"


class PackagesError(Exception):
    """The packages could not be installed; the message says what to do."""


def run(arguments: list[str]) -> None:
    """Make .venv fit, then become the command (`--dev` first: with the tools for tests).

    Raises:
        PackagesError: the environment could not be made.
    """
    dev = arguments[:1] == ["--dev"]
    command = arguments[1:] if dev else arguments
    os.environ.setdefault(STARTED, str(time.time()))
    # Without bytecode every process start costs seconds.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.pop("PYTHONHOME", None)
    # Progress must not mix with what a command prints for a file.
    with contextlib.redirect_stdout(sys.stderr if command[1:2] == ["keys"] else sys.stdout):
        ensure(dev=dev, serves=command[:2] == ["launch", "run"])
    if not command:
        return
    os.environ["VIRTUAL_ENV"] = str(VENV)
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    if command[0] == "launch":
        command = [str(PYTHON), "-m", "config.launch", *command[1:]]
    elif command[0] == "python":
        command[0] = str(PYTHON)
    sys.stdout.flush()
    os.execvp(command[0], command)  # noqa: S606


def ensure(*, dev: bool, serves: bool) -> None:
    """Make .venv hold what the requirement files say, unless its stamp says it does."""
    if is_fit(dev=dev):
        return
    if serves:
        _refuse_taken_port()
    # The lock is on the folder itself: .venv belongs to the checkout, whatever VAR is.
    handle = os.open(places.ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another set-up of this checkout")
            fcntl.flock(handle, fcntl.LOCK_EX)
        if not is_fit(dev=dev):
            _make(dev=dev)
    finally:
        os.close(handle)


def is_fit(*, dev: bool) -> bool:
    """Tell whether .venv was made whole, from these files, by this Python, in this place."""
    try:
        return _stamp(dev=dev).read_text() == expected(dev=dev) and PYTHON.exists()
    except OSError:
        return False


def expected(*, dev: bool) -> str:
    """Return what the stamp must hold."""
    digest = hashlib.sha256()
    for path in [*requirement_files(dev=dev), CONSTRAINTS]:
        digest.update(path.read_bytes())
    # Moved or copied, or with its Python gone, an environment's scripts no longer work.
    return f"{digest.hexdigest()}\n{VENV}\n"


def requirement_files(*, dev: bool) -> list[Path]:
    names = ["requirements.txt", "requirements-dev.txt"] if dev else ["requirements.txt"]
    return [places.ROOT / name for name in names]


def _stamp(*, dev: bool) -> Path:
    return VENV / ("changke-dev.stamp" if dev else "changke.stamp")


def _make(*, dev: bool) -> None:
    stamps = [_stamp(dev=False), _stamp(dev=True)]
    whole = any(stamp.exists() and str(VENV) in stamp.read_text() for stamp in stamps)
    for stamp in stamps:
        stamp.unlink(missing_ok=True)
    if not (whole and _works()):
        say("making .venv")
        _create()
    say("installing packages" + (" and tools" if dev else ""))
    _install(requirement_files(dev=dev)[-1])
    _stamp(dev=False).write_text(expected(dev=False))
    if dev:
        _stamp(dev=True).write_text(expected(dev=True))


def _works() -> bool:
    try:
        return _quiet([PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"])
    except OSError:
        return False


def _create() -> None:
    if VENV.is_symlink():
        VENV.unlink()
    shutil.rmtree(VENV, ignore_errors=True)
    if uv := shutil.which("uv"):
        if _quiet([uv, "venv", "--no-project", "--python", sys.executable, str(VENV)]):
            return
        shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        if _quiet([sys.executable, "-m", "venv", str(VENV)]):
            return
        shutil.rmtree(VENV, ignore_errors=True)
    for maker in _virtualenvs():
        if _quiet([*maker, "-q", "--python", sys.executable, str(VENV)]):
            return
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise PackagesError(
        f"This Python ({sys.executable}) cannot make virtual environments: install the package "
        f"python{version}-venv (Debian, Ubuntu), or uv, or virtualenv, and start again."
    )


def _virtualenvs() -> list[list[str]]:
    found = [[path]] if (path := shutil.which("virtualenv")) else []
    if importlib.util.find_spec("virtualenv"):
        found.append([sys.executable, "-m", "virtualenv"])
    return found


def _install(requirements: Path) -> None:
    """Install with uv, which is many times quicker; with pip where uv cannot."""
    uv = shutil.which("uv") or _own_uv()
    files = ["-r", str(requirements), "-c", str(CONSTRAINTS)]
    if uv and _quiet(
        [uv, "pip", "install", "-q", "--no-progress", "-p", str(PYTHON), *files],
        environment=_environment_for_uv(),
    ):
        return
    say("uv did not manage it; trying pip, which takes a minute or two longer")
    if not _quiet([PYTHON, "-m", "pip", "--version"]):
        raise PackagesError(f"uv could not install the packages:\n{_last_words()}")
    if not _quiet([PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", *files]):
        raise PackagesError(f"The packages could not be installed:\n{_last_words()}")


def _own_uv() -> str | None:
    """Return uv inside .venv, installed with pip."""
    pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", UV]
    return str(VENV / "bin" / "uv") if _quiet(pip) else None


def _environment_for_uv() -> dict[str, str]:
    """Return our environment, telling uv what pip knows of mirrors and certificates."""
    environment = dict(os.environ)
    environment.setdefault("UV_HTTP_TIMEOUT", "120")
    environment.setdefault("UV_LINK_MODE", "copy" if _is_other_disk() else "hardlink")
    if certificates := os.environ.get("PIP_CERT"):
        environment.setdefault("SSL_CERT_FILE", certificates)
    if index := os.environ.get("PIP_INDEX_URL") or _pip_setting("global.index-url"):
        environment.setdefault("UV_DEFAULT_INDEX", index)
    return environment


def _is_other_disk() -> bool:
    """Tell whether uv's cache and .venv lie on different disks, where links are impossible."""
    cache = Path(os.environ.get("UV_CACHE_DIR") or Path.home() / ".cache" / "uv")
    while not cache.exists():
        cache = cache.parent
    return cache.stat().st_dev != VENV.stat().st_dev


def _pip_setting(name: str) -> str:
    found = subprocess.run(
        [PYTHON, "-m", "pip", "config", "get", name], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() if found.returncode == 0 else ""


_said: list[str] = []


def _quiet(command: Sequence[str | Path], environment: dict[str, str] | None = None) -> bool:
    """Run a command, keeping what it says for the case that all fails."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=places.ROOT
    )
    _said.append((done.stdout + done.stderr).strip())
    return done.returncode == 0


def _last_words() -> str:
    return next((text for text in reversed(_said) if text), "")[-3000:]


def _refuse_taken_port() -> None:
    """Say before the long set-up, not after it, that the port is taken."""
    from config.launch import ports

    try:
        port = places.port()
    except places.LaunchError as wrong:
        raise PackagesError(str(wrong)) from wrong
    if not ports.is_free(port):
        raise PackagesError(ports.taken(port))


def say(text: str) -> None:
    """Print a line of progress with the seconds since the start."""
    elapsed = time.time() - float(os.environ.get(STARTED, time.time()))
    print(f"[{elapsed:6.1f}s] {text}", flush=True)
