"""Schemathesis drives every operation of the schema: never a 500, never outside the schema."""

from __future__ import annotations

import json
import os
import zlib
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.kernel.api import openapi
from members import selectors
from tests.factories.api import api_client
from tests.factories.members import make_member
from tests.factories.programmes import make_shop

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
CALM: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.explicit, Phase.generate],
    "database": None,
}


@schemathesis.serializer("application/x-ndjson")
def _as_lines(context: Any, value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


class Target:
    """The shop that is attacked: a client with every scope, and a real member to name."""

    token = ""
    member = ""


OPERATIONS = [
    (path, method) for path, endpoint in openapi.mounted() for method in endpoint.operations
]


@cache
def _schema() -> Any:
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(openapi.document(None))))
    schema.app = get_wsgi_application()
    return schema


@pytest.fixture(autouse=True)
def _one_connection():
    """The calls share the test's transaction, so its connection must outlive each of them."""
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _target(db):
    shop = make_shop()
    Target.token = api_client(shop).token
    Target.member = selectors.public_id(make_member(shop))


def _attack(case: Any) -> None:
    _name_real_things(case)
    # Each call starts from the same state.
    with transaction.atomic():
        response = case.call(headers={"Authorization": f"Bearer {Target.token}"})
        transaction.set_rollback(True)
    case.validate_response(response, checks=CHECKS)


def _name_real_things(case: Any) -> None:
    """Made-up ids end in 404 at once; let half of the calls get further than that."""
    made_up = repr((case.path_parameters, case.query, case.body))
    if zlib.crc32(made_up.encode("utf-8", "replace")) % 2:
        return
    if "member" in (case.path_parameters or {}):
        case.path_parameters["member"] = Target.member
    if isinstance(case.body, dict) and isinstance(case.body.get("member"), str):
        case.body["member"] = Target.member


def _attack_for(path: str, method: str, examples: int, **more: Any) -> None:
    @settings(max_examples=examples, **CALM, **more)
    @given(case=_schema()[path][method].as_strategy())
    def attack(case: Any) -> None:
        _attack(case)

    attack()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_call_ends_in_a_500_or_outside_the_schema(path, method):
    _attack_for(path, method, 20, derandomize=True)


@pytest.mark.soak
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_call_ends_in_a_500_or_outside_the_schema_for_long(path, method):
    _attack_for(path, method, int(os.environ.get("FUZZ_EXAMPLES", "1000")))
