"""Make an API client of a storefront and print what it signs in with."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.kernel import clock
from config.kernel.errors import DomainError
from members.programmes import scopes, selectors, services


class Command(BaseCommand):
    help = "Make a new API client and print its id, its secret and the site's address as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--storefront", required=True, help="the storefront's code")
        parser.add_argument("--scopes", default="all", help='"all", or names set apart by spaces')
        parser.add_argument("--rate", type=int, help="calls a minute (default: no limit)")

    def handle(self, *args: Any, **options: Any) -> None:
        storefront = selectors.find_storefront(options["storefront"])
        if storefront is None:
            raise CommandError(f"there is no storefront {options['storefront']}")
        wanted = options["scopes"]
        if options["rate"] is not None and options["rate"] < 1:
            raise CommandError("--rate is at least 1")
        try:
            made = services.create_client(
                storefront_id=storefront.id,
                scopes=scopes.ALL if wanted == "all" else wanted.replace(",", " ").split(),
                rate_per_minute=options["rate"],
                actor="command:demo_client",
                now=clock.now(),
            )
        except DomainError as exc:
            raise CommandError(f"{exc.title}: {exc.detail}") from None
        self.stdout.write(
            json.dumps(
                {
                    "client_id": made.client_id,
                    "client_secret": made.client_secret,
                    "base_url": settings.BASE_URL,
                }
            )
        )
