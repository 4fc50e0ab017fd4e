"""What the Makefile calls inside .venv.

python -m config.launch run | stop | keys | settings COMMAND … | production COMMAND …
"""

from __future__ import annotations

import os
import sys

from config.launch import keys, places, running
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
                running.run()
            case "stop":
                running.stop()
            case "settings":
                _become(rest, installation="demo")
            case "production":
                _become(rest, installation="production")
            case "keys":
                _print_keys()
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
        "EMAIL_URL": "smtp://mail.shop.example?tls=1",
        "STATIC_ROOT": str(places.ROOT / "staticfiles"),
    }
    os.environ.update(settings, CHANGKE_INSTALLATION=installation)
    os.execvp(command[0], command)  # noqa: S606


def _print_keys() -> None:
    """Print fresh keys as lines of an environment file, for a production installation."""
    fresh = keys.generate()
    lines = {
        **fresh.environment(),
        "OWNER_PASSWORD": fresh.owner_password,
        "APP_PASSWORD": fresh.app_password,
        "REDIS_PASSWORD": fresh.redis_password,
    }
    for name, value in lines.items():
        print(f"{name}='{value.replace(chr(10), chr(92) + 'n')}'")


if __name__ == "__main__":
    main(sys.argv[1:])
