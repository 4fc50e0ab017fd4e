"""Whatever a caller sends gets a clear refusal, and never a 500."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from django.db import DataError, OperationalError
from psycopg.errors import LockNotAvailable, NumericValueOutOfRange

from config.kernel import api
from config.kernel.models import AuditRecord

BAD_BODIES = {
    "empty": (b"", "request.malformed", None),
    "no json": (b"{", "request.malformed", None),
    "trailing": (b'{"name": "a"} x', "request.malformed", None),
    "byte order mark": (b'\xef\xbb\xbf{"name": "a"}', "request.malformed", None),
    "invalid utf-8": (b'{"name": "\xff"}', "request.malformed", None),
    "utf-16": ('{"name": "a"}'.encode("utf-16"), "request.malformed", None),
    "lone surrogate": (b'{"name": "\\ud800"}', "request.malformed", None),
    "raw control character": (b'{"name": "a\x00"}', "request.malformed", None),
    "nan": (b'{"name": "a", "price": NaN}', "request.malformed", None),
    "infinity": (b'{"name": "a", "price": -Infinity}', "request.malformed", None),
    "array": (b"[]", "request.invalid", ""),
    "null": (b"null", "request.invalid", ""),
    "string": (b'"name"', "request.invalid", ""),
    "deep array": (b"[" * 200_000, None, None),
    "deep in any": (
        b'{"name": "a", "attributes": {"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        "request.malformed",
        None,
    ),
    "missing": (b"{}", "request.invalid", "/name"),
    "unknown": (b'{"name": "a", "colour": 1}', "request.unknown_field", "/colour"),
    "unknown with a slash": (b'{"name": "a", "a/b~": 1}', "request.unknown_field", "/a~1b~0"),
    "unknown inside": (
        b'{"name": "a", "parts": [{"sku": "s"}, {"sku": "s", "qty": 1}]}',
        "request.unknown_field",
        "/parts/1/qty",
    ),
    "wrong type inside": (
        b'{"name": "a", "parts": [{"sku": 1}]}',
        "request.invalid",
        "/parts/0/sku",
    ),
    "too short": (b'{"name": ""}', "request.invalid", "/name"),
    "too long": (json.dumps({"name": "a" * 41}).encode(), "request.invalid", "/name"),
    "float": (b'{"name": "a", "price": 1.5}', "request.invalid", "/price"),
    "number as string": (b'{"name": "a", "price": "1"}', "request.invalid", "/price"),
    "bool as number": (b'{"name": "a", "price": true}', "request.invalid", "/price"),
    "beyond 2**53": (b'{"name": "a", "price": 9007199254740992}', "request.invalid", "/price"),
    "huge int": (b'{"name": "a", "price": ' + b"9" * 5000 + b"}", "request.invalid", None),
    "huge exponent": (b'{"name": "a", "price": 1e999}', "request.invalid", "/price"),
    "escaped nul": (b'{"name": "a\\u0000b"}', "request.invalid", "/name"),
    "escaped nul in any": (
        b'{"name": "a", "attributes": {"k": ["\\u0000"]}}',
        "request.invalid",
        "/attributes/k/0",
    ),
    "nul in a key": (b'{"name": "a", "attributes": {"\\u0000": 1}}', "request.invalid", None),
    "time without offset": (
        b'{"name": "a", "made_at": "2026-11-20T10:00:00"}',
        "request.invalid",
        "/made_at",
    ),
    "no time": (b'{"name": "a", "made_at": "yesterday"}', "request.invalid", "/made_at"),
    "time as number": (b'{"name": "a", "made_at": 1}', "request.invalid", "/made_at"),
    "year one": (
        b'{"name": "a", "made_at": "0001-01-01T00:00:00+08:00"}',
        "request.invalid",
        "/made_at",
    ),
    "year 9999": (
        b'{"name": "a", "made_at": "9999-12-31T23:59:59-08:00"}',
        "request.invalid",
        "/made_at",
    ),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_body_is_a_400_that_says_where(client, name):
    raw, code, pointer = BAD_BODIES[name]

    response = client.call("POST", "toys", raw=raw)

    assert response.status_code == 400, response.content
    problem = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert code is None or problem["code"] == code
    if pointer is not None:
        assert [e["pointer"] for e in problem["errors"]] == [pointer]
    assert not AuditRecord.objects.filter(action="toy.made").exists()


def test_an_escaped_backslash_before_u0000_is_just_text(client):
    response = client.call("POST", "toys", raw=b'{"name": "\\\\u0000"}')

    assert response.status_code == 201
    assert response.json()["name"] == "\\u0000"


def test_of_duplicate_keys_the_last_one_holds(client):
    response = client.call("POST", "toys", raw=b'{"name": "a", "name": "b"}')

    assert response.json()["name"] == "b"


def test_the_greatest_number_passes(client):
    assert client.post("toys", {"name": "a", "price": 2**53 - 1}).status_code == 201


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data"])
def test_another_media_type_is_415(client, media_type):
    response = client.call("POST", "toys", raw=b'{"name": "a"}', content_type=media_type)

    assert response.status_code == 415
    assert response.json()["code"] == "request.content_type"


def test_json_with_a_charset_is_taken(client):
    response = client.call(
        "POST", "toys", raw=b'{"name": "a"}', content_type="application/json; charset=utf-8"
    )

    assert response.status_code == 201


@pytest.mark.parametrize("path", ["toys", "toys/many", "toys/1/poke"])
def test_eleven_megabytes_are_413(client, path):
    response = client.call("POST", path, raw=b" " * (11 * 1024 * 1024))

    assert response.status_code == 413
    assert response.json()["code"] == "request.too_large"


def test_ten_megabytes_are_read(client):
    raw = b'{"name": "a"}' + b" " * (10 * 1024 * 1024 - 13)

    assert client.call("POST", "toys", raw=raw).status_code == 201


BAD_QUERIES = [
    "limit=0",
    "limit=201",
    "limit=x",
    "limit=",
    "limit=1&limit=2",
    "colour=red",
    "cursor=x",
    "cursor=%FF",
    "cursor=é",
    "name=%00",
    "name=%FF%FE",
    "%00=1",
    "limit=" + "9" * 5000,
    "cursor=" + "A" * 100,
    "&".join(f"p{n}=1" for n in range(200)),
]


@pytest.mark.parametrize("query", BAD_QUERIES)
def test_a_bad_query_is_a_400(client, query):
    response = client.http.get(
        f"/api/v1/toys?{query}", headers={"Authorization": f"Bearer {client.token}"}
    )

    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"


def test_an_operation_without_parameters_refuses_some(client):
    response = client.get("toys/nothing", {"verbose": "1"})

    assert response.json()["code"] == "request.unknown_field"


def test_an_operation_without_body_takes_an_empty_object_and_nothing_else(client):
    assert client.call("DELETE", "toys/1").status_code == 204
    assert client.call("DELETE", "toys/1", raw=b"{}").status_code == 204
    assert client.call("DELETE", "toys/1", raw=b'{"a": 1}').status_code == 400


def test_an_optional_body_may_be_left_out(client):
    assert client.call("POST", "toys/1/poke").json()["name"] == "soft"
    assert client.post("toys/1/poke", {"hard": True}).json()["name"] == "hard"


@pytest.mark.parametrize("path", ["nothing-here", "toys/1/2/3", "toys/", "", "%00", "toys/%FF/x"])
def test_an_unknown_path_is_a_404_problem(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "request.path_unknown"


@pytest.mark.parametrize("toy", ["%00", "a%00b", "%FF", "🧸", "a" * 5000, "..%2f", "'--"])
def test_odd_path_values_are_just_not_found(client, toy):
    assert client.get(f"toys/{toy}").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_another_method_is_405_and_says_which_there_are(client, method):
    response = client.call(method, "toys")

    assert response.status_code == 405
    assert response["Allow"] == "GET, POST"


def test_head_is_a_get_without_body(client):
    response = client.call("HEAD", "toys/1")

    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize("key", ["", "a" * 256, "é", "a\tb"])
def test_a_bad_idempotency_key_is_a_400(client, key):
    response = client.post("toys", {"name": "a"}, key=key)

    assert response.status_code == 400
    assert response.json()["code"] == "idempotency.key_invalid"


def test_an_unexpected_error_is_a_500_without_detail(client, caplog):
    response = client.post("toys", {"name": "boom"}, X_Request_Id="abc-1")

    assert response.status_code == 500
    assert b"138" not in response.content
    assert response.json()["request_id"] == "abc-1"
    assert "abc-1" in caplog.text


@pytest.mark.parametrize(
    ("name", "status", "code"), [("taken", 409, "toy.taken"), ("broken", 422, "toy.broken")]
)
def test_a_refusal_changes_nothing(client, name, status, code):
    response = client.post("toys", {"name": name})

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert not AuditRecord.objects.filter(action="toy.made").exists()


def test_a_problem_has_every_member_and_a_type_to_read_on(client, settings):
    problem = client.get("toys/2").json()

    assert set(problem) == {"type", "title", "status", "detail", "code", "errors", "request_id"}
    assert problem["type"] == f"{settings.BASE_URL}/api/v1/errors#toy.not_found"


def test_the_request_id_is_taken_over_when_it_is_fit_for_a_log(client):
    assert client.get("toys/1", X_Request_Id="shop-42")["X-Request-Id"] == "shop-42"
    assert client.get("toys/1", X_Request_Id="a b\tc")["X-Request-Id"] != "a b\tc"
    assert len(client.get("toys/1", X_Request_Id="a" * 65)["X-Request-Id"]) == 24


def test_if_match_lets_through_what_has_not_changed(client):
    tag = client.get("toys/1")["ETag"]

    assert client.post("toys/1/poke", {}, If_Match=tag).status_code == 200
    assert client.post("toys/1/poke", {}, If_Match=f'"x", {tag}').status_code == 200
    assert client.post("toys/1/poke", {}, If_Match="*").status_code == 200
    stale = client.post("toys/1/poke", {}, If_Match='"x"')
    assert (stale.status_code, stale.json()["code"]) == (412, "request.precondition_failed")


def test_a_list_is_read_to_its_end_by_cursor(client):
    for n in range(5):
        client.post("toys", {"name": f"toy {n}"})

    names, cursor = [], None
    for _ in range(3):
        page = client.get("toys", {"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert names == [f"toy {n}" for n in range(5)]
    assert cursor is None


def test_a_cursor_is_good_for_its_own_list_only():
    text = api.cursor.encode(of="toys", after=[1])

    assert api.cursor.decode(text, of="toys") == [1]
    for other in (text[:-2] + "AA", text + "A", text[1:]):
        with pytest.raises(Exception, match="cursor"):
            api.cursor.decode(other, of="toys")
    with pytest.raises(Exception, match="cursor"):
        api.cursor.decode(text, of="bears")


def test_a_dry_run_answers_and_keeps_nothing(client):
    response = client.post(
        "toys",
        {"name": "a"},
        key="k",
        query={"dry_run": "true", "now": "2027-03-01T00:00:00+08:00"},
    )

    assert response.status_code == 200
    assert response.json() == {
        "id": None,
        "name": "a",
        "dry_run": True,
        "now": "2027-03-01T00:00:00+08:00",
    }
    assert not AuditRecord.objects.filter(action="toy.made").exists()
    assert client.post("toys", {"name": "b"}, key="k").status_code == 201


def test_only_a_dry_run_may_name_its_time(client):
    response = client.post("toys", {"name": "a"}, query={"now": "2027-03-01T00:00:00Z"})

    assert response.status_code == 400


@pytest.mark.parametrize("value", ["yes", "2", "", "TRUE "])
def test_dry_run_is_true_or_false(client, value):
    assert client.post("toys", {"name": "a"}, query={"dry_run": value}).status_code == 400


def test_a_dry_run_of_something_refused_is_refused(client):
    response = client.post("toys", {"name": "taken"}, query={"dry_run": "true"})

    assert response.status_code == 409


def test_lines_are_answered_one_by_one(client):
    response = client.call(
        "POST",
        "toys/many",
        raw=b'{"sku": "a"}\n\n{"sku": 1}\nnonsense\n{"sku": "b", "quantity": 2}',
        content_type="application/x-ndjson",
    )

    assert response.status_code == 207
    items = [json.loads(line) for line in response.content.splitlines()]
    assert [(item["index"], item["status"]) for item in items] == [
        (0, 200),
        (1, 400),
        (2, 400),
        (3, 200),
    ]
    assert items[1]["problem"]["errors"][0]["pointer"] == "/sku"
    assert items[3]["body"] == {"sku": "b", "quantity": 2}


def test_a_line_has_a_limit_of_its_own(client):
    response = client.call(
        "POST",
        "toys/many",
        raw=b'{"sku": "a"' + b" " * 300_000 + b"}\n",
        content_type="application/x-ndjson",
    )

    assert json.loads(response.content)["status"] == 400


def test_contracts_take_required_after_optional_fields():
    class Toy(api.Body):
        note: str = ""
        points: int  # type: ignore[misc]  # a stricter view than the runtime's

    assert Toy(points=1).note == ""


class _Inner(api.Body):
    at: datetime | None


class _Outer(api.Body):
    inner: list[_Inner]


def test_contracts_refuse_times_without_offset():
    with pytest.raises(TypeError):
        api.operation(scope=None, summary="", tag="", body=_Outer)


def test_a_lock_that_is_not_granted_in_time_is_503_and_says_to_come_again(client, monkeypatch):
    def locked(*_, **__):
        raise OperationalError("canceling statement due to lock timeout") from LockNotAvailable()

    monkeypatch.setattr("tests.api.toys.audit.record", locked)

    response = client.post("toys", {"name": "a"})

    assert (response.status_code, response.json()["code"]) == (503, "request.busy")
    assert response["Retry-After"] == "1"


def test_a_number_the_database_cannot_hold_is_a_400(client, monkeypatch):
    def overflow(*_, **__):
        raise DataError("integer out of range") from NumericValueOutOfRange()

    monkeypatch.setattr("tests.api.toys.audit.record", overflow)

    assert client.post("toys", {"name": "a"}).status_code == 400
