"""/healthz: 200 only when everything is up."""

import pytest
from django.core.cache import cache
from django.test import Client

from config.kernel import heartbeat


@pytest.fixture(autouse=True)
def _no_signs():
    names = [f"heartbeat:{name}" for name in (*heartbeat.QUEUES, heartbeat.BEAT)]
    cache.delete_many(names)
    yield
    cache.delete_many(names)


def test_it_is_200_when_all_have_left_signs_of_life(db):
    heartbeat.leave(*heartbeat.QUEUES, heartbeat.BEAT)

    response = Client().get("/healthz")

    assert response.status_code == 200
    assert response.json()["status"] == "ok"


def test_it_is_503_and_says_what_is_missing(db):
    heartbeat.leave("critical", "default", heartbeat.BEAT)

    response = Client().get("/healthz")

    assert response.status_code == 503
    assert response.json()["components"] == {
        "database": "ok",
        "redis": "ok",
        "critical": "ok",
        "default": "ok",
        "bulk": "down",
        "beat": "ok",
    }


def test_it_is_503_without_redis(db, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }

    response = Client().get("/healthz")

    assert response.status_code == 503
    assert response.json()["components"]["redis"] == "down"
    assert response.json()["components"]["database"] == "ok"
