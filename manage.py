#!/usr/bin/env python3
"""Django's command line, run against whatever servers this checkout uses."""

import importlib.util
import os
import sys


def main() -> None:
    if importlib.util.find_spec("django") is None:
        sys.exit(
            "This Python has no Django. Run `make venv` (or `make run`) once, then use\n"
            "    .venv/bin/python manage.py " + " ".join(sys.argv[1:])
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.launch import servers

    with servers.for_command(sys.argv):
        from django.core.management import execute_from_command_line

        import config.celery  # noqa: F401  (a command that sends a task needs our broker)

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
