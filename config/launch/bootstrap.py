"""Start from a bare Python: make .venv fit this checkout, then run a command inside it.

    python3 -m config.launch.bootstrap [--dev] COMMAND [ARGUMENT …]

Only the standard library, and syntax that older Pythons can read: they must get as far as
the sentence that asks for a newer one.
"""

import os
import shutil
import sys

OLDEST = (3, 11)
NEWER_NAMES = ("python3.13", "python3.12", "python3.11", "python3.14")


def main() -> None:
    if sys.version_info < OLDEST:
        _move_to_newer()
    from config.launch import packages

    try:
        packages.run(sys.argv[1:])
    except packages.PackagesError as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)


def _move_to_newer() -> None:
    """Continue under a newer Python of this machine, or say that there is none."""
    for name in NEWER_NAMES:
        found = shutil.which(name)
        if found and os.system(f"'{found}' -c '' 2>/dev/null") == 0:  # noqa: S605
            os.execv(found, [found, "-m", "config.launch.bootstrap"] + sys.argv[1:])  # noqa: RUF005, S606
    have = ".".join(map(str, sys.version_info[:3]))
    sys.exit(
        f"Changke needs Python 3.11 or newer; {sys.executable} is {have} and no newer one is on "
        "PATH. Install one, or name it: make PYTHON=/path/to/python3.12 …"
    )


if __name__ == "__main__":
    main()
