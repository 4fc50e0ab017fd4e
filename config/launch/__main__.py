"""What the Makefile calls inside .venv: python -m config.launch run|stop|settings|production."""

from __future__ import annotations

import os
import sys

from config.launch import keys, manager, places
from config.launch.places import LaunchError

_NOWHERE = {
    "DATABASE_URL": "postgresql://changke_app@127.0.0.1:1/changke",
    "DATABASE_OWNER_URL": "postgresql://changke_owner@127.0.0.1:1/changke",
    "REDIS_URL": "redis://127.0.0.1:1",
}


def main(arguments: list[str]) -> None:
    what, *rest = arguments or ["help"]
    try:
        match what:
            case "run":
                manager.run()
            case "stop":
                manager.stop()
            case "settings":
                _become(rest, installation="demo")
            case "production":
                _become(rest, installation="production")
            case _:
                sys.exit(__doc__)
    except LaunchError as problem:
        sys.exit(str(problem))


def _become(command: list[str], *, installation: str) -> None:
    """Run a command that reads the settings but needs no servers."""
    settings = {
        **_NOWHERE,
        **keys.generate().environment(),
        "ALLOWED_HOSTS": "shop.example",
        "BASE_URL": "https://shop.example",
        "STATIC_ROOT": str(places.ROOT / "staticfiles"),
    }
    os.environ.update(settings, CHANGKE_INSTALLATION=installation)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
