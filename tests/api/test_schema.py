"""The OpenAPI document: valid, whole, and true."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from openapi_spec_validator import OpenAPIV31SpecValidator

from config.kernel.api import openapi, reference
from members.programmes import scopes
from tests.factories.api import api_client
from tests.factories.orders import make_earning_shop


@pytest.fixture(scope="module")
def document():
    return json.loads(json.dumps(openapi.document(None)))


def _operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def test_the_schema_is_valid_openapi_3_1(document):
    errors = [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]

    assert errors == []
    assert document["openapi"].startswith("3.1")


def test_the_schema_with_toys_is_valid_too():
    document = json.loads(json.dumps(openapi.document("tests.api.toys")))

    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    many = document["paths"]["/api/v1/toys/many"]["post"]
    assert list(many["requestBody"]["content"]) == ["application/x-ndjson"]
    assert "204" in document["paths"]["/api/v1/toys/{toy}"]["delete"]["responses"]
    listing = document["paths"]["/api/v1/toys"]["get"]
    assert {p["name"] for p in listing["parameters"]} == {"limit", "cursor", "name"}


def test_every_operation_is_described(document):
    for name, operation in _operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        assert {"401", "403", "429", "default"} <= set(operation["responses"]), name


def test_every_operation_has_an_id_of_its_own(document):
    ids = [operation["operationId"] for _, operation in _operations(document)]

    assert len(ids) == len(set(ids))


def test_every_operation_asks_for_a_scope_that_exists(document):
    for name, operation in _operations(document):
        [asked] = operation["security"]
        assert asked["oauth2"], name
        assert set(asked["oauth2"]) <= set(scopes.ALL), name


def test_every_success_and_body_has_an_example(document):
    for name, operation in _operations(document):
        if "requestBody" in operation:
            [content] = operation["requestBody"]["content"].values()
            assert "example" in content, name
        for status, response in operation["responses"].items():
            if status.startswith("2") and status != "204":
                [content] = response["content"].values()
                assert "example" in content, name


def test_the_examples_of_bodies_are_accepted(document, db):
    shop = make_earning_shop()
    client, real = api_client(shop), {"external_no": "SO-1001"}

    def send(path, method="post"):
        operation = document["paths"][f"/api/v1/{path}"][method]
        [content] = operation["requestBody"]["content"].values()
        body = content["example"]
        for example in body if isinstance(body, list) else [body]:
            example |= {"member": real["member"]} if "member" in example else {}
        answer = client.call(method.upper(), path.format(**real), json=body)
        assert answer.status_code < 300, (path, body, answer.content)
        return json.loads(answer.content)

    real["member"] = send("members")["id"]
    send("members/{member}", "patch")
    send("members/{member}/identities")
    send("orders")
    assert send("orders/batch")["status"] == 200
    send("orders/{external_no}/events")
    send("members/{member}/points/adjust")
    real["entry"] = send("members/{member}/points/earn")["id"]
    send("entries/{entry}/reverse")
    [item] = send("points/batch")["items"]
    assert item["status"] < 300, item
    send("members/{member}/points/spend")
    send("members/{member}/points/adjust")
    more = {"points": 1000, "source": "review:1", "reason": "thank you"}
    client.post(f"members/{real['member']}/points/earn", more)
    for end in ("capture", "release"):
        real["reservation"] = send("reservations")["id"]
        send("reservations/{reservation}/" + end)


def test_lists_and_writes_name_the_refusals_of_cursors_keys_and_queries(document):
    for name, operation in _operations(document):
        told = operation["responses"]["400"]["description"]
        names = {p["name"] for p in operation["parameters"]}
        assert "`request.malformed`" in told, name
        assert ("`request.cursor_invalid`" in told) == ("cursor" in names), name
        assert ("`idempotency.key_invalid`" in told) == (not name.startswith("GET")), name


def test_writes_with_idempotency_take_the_key(document):
    for name, operation in _operations(document):
        if name.startswith("POST"):
            named = {p["name"] for p in operation["parameters"]}
            assert "Idempotency-Key" in named, name


def test_the_problem_schema_enumerates_every_code(document):
    codes = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]

    assert codes == sorted(set(codes))
    assert {"request.unknown_field", "idempotency.key_reused", "points.insufficient"} <= set(codes)
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)*", code) for code in codes)
    assert not [code for code in codes if code.startswith("toy.")]


def test_every_error_is_explained():
    unexplained = [e.__name__ for e in reference.errors() if not reference.explain(e)]

    assert unexplained == []


def test_the_security_scheme_names_the_token_endpoint(document, settings):
    flow = document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]

    assert flow["tokenUrl"] == f"{settings.BASE_URL}/oauth/token"


def test_the_schema_is_served_with_an_etag(db):
    first = Client().get("/api/v1/schema")

    assert first.status_code == 200
    assert first["Content-Type"] == "application/json"
    again = Client().get("/api/v1/schema", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
