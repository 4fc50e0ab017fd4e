"""GET /healthz: 200 once everything a shop needs is up, else 503 and what is not."""

from __future__ import annotations

import logging

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse

from config.kernel import heartbeat

log = logging.getLogger(__name__)


def healthz(request: HttpRequest) -> JsonResponse:
    """Ask the database and Redis, and look for the signs of life of workers and beat."""
    parts = {"database": _database()} | _redis_and_workers()
    healthy = all(parts.values())
    return JsonResponse(
        {
            "status": "ok" if healthy else "down",
            "components": {name: "ok" if up else "down" for name, up in parts.items()},
        },
        status=200 if healthy else 503,
        headers={"Cache-Control": "no-store"},
    )


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as exc:
        log.warning("health: database: %s", type(exc).__name__)
        return False
    return True


def _redis_and_workers() -> dict[str, bool]:
    try:
        cache.set("health", 1, timeout=10)
        return {"redis": True} | heartbeat.alive()
    except Exception as exc:
        log.warning("health: redis: %s", type(exc).__name__)
        return {"redis": False} | dict.fromkeys((*heartbeat.QUEUES, heartbeat.BEAT), False)
