"""One call of an operation from request to response.

The order is: path, method, token, limit, scope, query, body, view. So a caller without a
token learns nothing, and a body is not read for one who may not send it.
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from msgspec.json import Decoder

from config.kernel import clock
from config.kernel.api import auth, batch, idempotency, limiter, parsing, problems
from config.kernel.api.contracts import Call, Reply
from config.kernel.api.errors import BadKeyError, MethodNotAllowedError, NoSuchPathError
from config.kernel.errors import DomainError, MalformedError

if TYPE_CHECKING:
    from config.kernel.api.operations import Endpoint, Operation

JSON = ("application/json",)
NDJSON = ("application/x-ndjson", "application/ndjson", "application/json")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_KEY = re.compile(r"[\x20-\x7e]{1,255}")
_encoder = msgspec.json.Encoder()


def serve(endpoint: Endpoint, request: HttpRequest, path_values: dict[str, str]) -> HttpResponse:
    """Serve one request. Whatever goes wrong becomes a problem document."""
    request_id = request_id_of(request)
    lease: limiter.Lease | None = None
    try:
        operation = _operation(endpoint, request)
        now = clock.now()
        caller = auth.authenticate(request.META.get("HTTP_AUTHORIZATION", ""), now=now)
        lease = limiter.take(caller, now=now)
        auth.require_scope(caller, operation.scope)
        _check_path(path_values)
        call = Call(caller=caller, request=request, request_id=request_id, now=now)
        _fill(call, operation)
        response = _unchanged(request, _run(operation, call, path_values))
    except Exception as exc:
        response = problems.respond(_settled(exc), request_id=request_id)
        if isinstance(exc, limiter.LimitedError):
            lease = exc.lease
    if lease is not None:
        lease.stamp(response)
    return finish(response, request_id)


def _settled(exc: Exception) -> Exception:
    """Let a refusal leave what it leaves, now that nothing of the refused work stays."""
    if isinstance(exc, DomainError) and exc.afterwards is not None:
        try:
            exc.afterwards()
        except Exception as failed:
            return failed
    return exc


def finish(response: HttpResponse, request_id: str) -> HttpResponse:
    """Add the headers that every API response carries."""
    headers = response.headers
    headers["X-Request-Id"] = request_id
    headers["X-Content-Type-Options"] = "nosniff"
    # Without a length the server would send the body in chunks.
    if response.status_code not in (204, 304):
        headers["Content-Length"] = str(len(response.content))
    headers.setdefault("Cache-Control", "no-store")
    return response


def _unchanged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Answer 304 to a reader whose If-None-Match already holds this version."""
    tag = response.headers.get("ETag")
    known = request.META.get("HTTP_IF_NONE_MATCH")
    if tag is None or known is None or request.method not in ("GET", "HEAD"):
        return response
    if known.strip() != "*" and tag not in {one.strip() for one in known.split(",")}:
        return response
    short = HttpResponse(status=304, headers={"ETag": tag})
    del short.headers["Content-Type"]
    return short


def request_id_of(request: HttpRequest) -> str:
    """Return the caller's X-Request-Id if it is fit for a log line, else a new one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(12)


def _operation(endpoint: Endpoint, request: HttpRequest) -> Operation:
    method = request.method or ""
    operation = endpoint.operations.get("GET" if method == "HEAD" else method)
    if operation is None:
        raise MethodNotAllowedError(allowed=sorted(endpoint.operations))
    return operation


def _check_path(path_values: dict[str, str]) -> None:
    if any("\0" in value for value in path_values.values()):
        raise NoSuchPathError()


def _fill(call: Call, operation: Operation) -> None:
    """Read and check key, query and body."""
    request = call.request
    if request.method != "GET":
        key = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if key is not None and not _KEY.fullmatch(key):
            raise BadKeyError("1 to 255 printable ASCII characters")
        call.key = key
    query = request.META.get("QUERY_STRING", "")
    if operation.query_contract is not None:
        _fill_query(call, operation, query)
    elif query:
        parsing.parse_query(query, parsing.Nothing)
    if operation.ndjson:
        call.raw = parsing.read_body(request, media_types=NDJSON)
    elif operation.decoder is not None:
        raw = parsing.read_body(request, media_types=JSON)
        call.raw = raw
        if raw or operation.body_required:
            call.body = _read(raw, operation.decoder, operation.item_decoder)
        else:
            call.body = operation.body()
    elif request.method != "GET":
        call.raw = parsing.read_body(request, media_types=(*JSON, ""))
        if call.raw:
            parsing.parse_json(call.raw, parsing.nothing)


def _read(raw: bytes, decoder: Decoder[Any], item_decoder: Decoder[Any] | None) -> Any:
    try:
        return parsing.parse_json(raw, decoder)
    except MalformedError as error:
        if item_decoder is None:
            raise
        return batch.read_each(raw, item_decoder, error=error)


def _fill_query(call: Call, operation: Operation, query: str) -> None:
    parsed = parsing.parse_query(query, operation.query_contract)
    if operation.dry_run:
        call.dry_run = parsed.dry_run
        if parsed.now is not None:
            if not parsed.dry_run:
                raise parsing.invalid("/now", "only a dry run may name its time")
            call.now = parsed.now
    call.query = parsed


def _run(operation: Operation, call: Call, path_values: dict[str, str]) -> HttpResponse:
    if call.dry_run:
        return _rehearse(operation, call, path_values)
    if operation.idempotency == "stored":
        return idempotency.run_once(
            call, lambda: _respond(operation, operation(call, **path_values))
        )
    return _respond(operation, operation(call, **path_values))


def _rehearse(operation: Operation, call: Call, path_values: dict[str, str]) -> HttpResponse:
    """Run the operation for its answer alone; nothing of it stays, and no key is used up."""
    call.key = None
    with transaction.atomic(durable=False):
        answer = operation(call, **path_values)
        reply = answer if isinstance(answer, Reply) else Reply(answer)
        body = msgspec.to_builtins(reply.body)
        transaction.set_rollback(True)
    if isinstance(body, dict) and "id" in body:
        body["id"] = None
    return _respond(operation, Reply(body, status=200))


def _respond(operation: Operation, answer: Any) -> HttpResponse:
    reply = answer if isinstance(answer, Reply) else Reply(answer)
    if reply.body is None:
        response = HttpResponse(status=reply.status or 204)
        del response.headers["Content-Type"]
    else:
        ready = isinstance(reply.body, bytes)
        response = HttpResponse(
            reply.body if ready else _encoder.encode(reply.body),
            status=reply.status or operation.status,
            content_type=NDJSON[0] if ready else JSON[0],
        )
    for name, value in reply.headers.items():
        response[name] = value
    if reply.replay:
        response["Idempotent-Replay"] = "true"
    return response
