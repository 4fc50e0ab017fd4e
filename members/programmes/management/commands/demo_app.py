"""Make an app that signs members in, and print what it needs to know."""

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
    help = "Make an app that signs members in by OpenID Connect, and print its id as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--storefront", required=True, help="the storefront's code")
        parser.add_argument("--redirect-uri", action="append", required=True)
        parser.add_argument("--name", default="Demo app")
        parser.add_argument("--public", action="store_true", help="it can keep no secret")

    def handle(self, *args: Any, **options: Any) -> None:
        storefront = selectors.find_storefront(options["storefront"])
        if storefront is None:
            raise CommandError(f"there is no storefront {options['storefront']}")
        try:
            made = services.create_app(
                storefront_id=storefront.id,
                name=options["name"],
                redirect_uris=options["redirect_uri"],
                scopes=list(scopes.MEMBER),
                is_public=options["public"],
                actor="command:demo_app",
                now=clock.now(),
            )
        except DomainError as exc:
            raise CommandError(f"{exc.title}: {exc.detail}") from None
        issuer = settings.BASE_URL.rstrip("/")
        self.stdout.write(
            json.dumps(
                {
                    "client_id": made.client_id,
                    "client_secret": made.client_secret,
                    "discovery": f"{issuer}/.well-known/openid-configuration",
                }
            )
        )
