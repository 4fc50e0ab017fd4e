"""Remembered answers: the same Idempotency-Key gives the same answer, once in effect.

The record is inserted first, in the transaction of the work itself. A twin that comes
meanwhile waits at the unique key until the first commits (and repeats its answer) or
fails (and does the work itself). Only 2xx answers are remembered: anything else rolls
the record back with the work.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from django.db import OperationalError, transaction
from django.http import HttpResponse

from config.kernel import ids, statements
from config.kernel.api import parsing
from config.kernel.api.contracts import Call
from config.kernel.api.errors import InFlightError, KeyReusedError
from config.kernel.errors import NotFoundError
from config.kernel.models import IdempotencyRecord

_LOCK_NOT_AVAILABLE = "55P03"
_CLAIM = """
INSERT INTO kernel_idempotencyrecord (slot, request, status, recorded_at)
VALUES (%s, %s, 0, %s) ON CONFLICT (slot) DO NOTHING RETURNING 1
"""
_REMEMBER = """
UPDATE kernel_idempotencyrecord
SET status = %s::smallint, answer = %s, member_id = %s::bigint WHERE slot = %s
"""
_MEMBER = re.compile(rb"\bmem_[0-9A-Za-z]+")
_ANSWER = IdempotencyRecord._meta.get_field("answer")
_order = msgspec.json.Encoder(order="deterministic")


def fingerprint(value: Any) -> bytes:
    """Return a hash of plain JSON values that does not depend on spacing or key order."""
    return hashlib.sha256(_order.encode(value)).digest()


def run_once(call: Call, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Do `work` in one transaction; with a key, at most once for that key.

    Raises:
        KeyReusedError: the key came before with another request.
        InFlightError: the first request with this key takes longer than the lock timeout.
    """
    if call.key is None:
        with transaction.atomic():
            return work()
    plain = parsing.parse_plain(call.raw)
    slot = _slot(call, plain)
    request = fingerprint(plain)
    with transaction.atomic():
        if not _claim(slot, request, call.now):
            return _replay(slot, request)
        with statements.lingering():
            response = work()
            # A refusal that was returned and not raised must not be remembered either.
            if not 200 <= response.status_code < 300:
                transaction.set_rollback(True)
                return response
            _remember(slot, response, _find_member(call, response))
        return response


def _slot(call: Call, plain: Any) -> bytes:
    member = plain.get("member") if isinstance(plain, dict) else None
    parts = [call.caller.client_id, call.request.method, call.request.path, member, call.key]
    return fingerprint([part if isinstance(part, str) else "" for part in parts])


def _claim(slot: bytes, request: bytes, now: datetime) -> bool:
    """Insert the record; False if the key is taken. Waits for a twin under way."""
    try:
        return bool(statements.ask(_CLAIM, [slot, request, now]))
    except OperationalError as exc:
        if getattr(exc.__cause__, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise InFlightError() from None
        raise


def _replay(slot: bytes, request: bytes) -> HttpResponse:
    record = IdempotencyRecord.objects.get(slot=slot)
    if bytes(record.request) != request:
        raise KeyReusedError()
    body = record.answer or ""
    response = HttpResponse(body, status=record.status, content_type="application/json")
    if not body:
        del response.headers["Content-Type"]
    response["Idempotent-Replay"] = "true"
    return response


def _remember(slot: bytes, response: HttpResponse, member_id: int | None) -> None:
    sealed = _ANSWER.get_prep_value(response.content.decode())
    statements.tell(_REMEMBER, [response.status_code, sealed, member_id, slot])


def _find_member(call: Call, response: HttpResponse) -> int | None:
    """Return whom an answer is about: named by the path, the request or the answer itself."""
    for told in (call.request.path.encode(), call.raw, response.content):
        if found := _MEMBER.search(told):
            try:
                return ids.decode("mem", found[0].decode()).member_id
            except NotFoundError:
                continue
    return None


def prune(*, before: datetime) -> int:
    """Forget answers older than `before`; return how many."""
    return IdempotencyRecord.objects.filter(recorded_at__lt=before).delete()[0]
