"""Post commands to the ledger: one round trip for one command, one for a list of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections
from psycopg import Cursor, Error

from config.kernel import wake
from points import rows as _rows
from points.errors import KeyReusedError
from points.types import Command, Outcome


def fields_of(reply: str) -> str:
    """Return the columns of a points_reply in the order `points.rows` reads them."""
    head = [f"{reply}.{name}" for name in _rows.HEAD_COLUMNS]
    return ", ".join(head + [f"({reply}.entry).{n}" for n in _rows.ENTRY_COLUMNS])


_FIELDS = fields_of("r")
_VALUES = ", ".join(["%s"] * len(_rows.COLUMNS))
_ONE = {
    op: f"SELECT {_FIELDS} FROM points_{op}(ROW({_VALUES})::points_command, %s, %s) r"
    for op in _rows.OPERATIONS.values()
}
_MANY = f"SELECT {_FIELDS} FROM points_batch(%s, %s, %s) r"
_LINES = f"""SELECT r.item, r.problem, r.asked, r.had, r.duplicate,
    {", ".join(f"(r.entry).{n}" for n in _rows.LINE_COLUMNS)} FROM points_batch(%s, %s, true) r"""


def post(*, command: Command, now: datetime, announce: bool = True) -> Outcome:
    """Post one command in one round trip; joins the caller's transaction if there is one.

    Raises:
        DomainError: what points.errors names; it moved nothing.
    """
    if wrong := _rows.refusal(command):
        raise wrong
    row = _rows.to_row(command, now=now)
    values = [*(row.get(name) for name in _rows.COLUMNS), now, announce]
    outcome = _rows.to_outcome(ask(_ONE[row["op"]], values))
    if outcome.problem is not None:
        raise outcome.problem
    if announce and not outcome.replayed:
        wake.after_commit()
    return outcome


def post_batch(
    *, commands: Sequence[Command], now: datetime, announce: bool = True
) -> list[Outcome]:
    """Post many commands in one round trip; answers stand in the order of the commands.

    Commands of one member apply in the order given. A refused command carries its error
    in `problem`, moves nothing and stops nothing.
    """
    outcomes = [Outcome(problem=_rows.refusal(command)) for command in commands]
    sent = [i for i, outcome in enumerate(outcomes) if outcome.problem is None]
    if not sent:
        return outcomes
    told = msgspec.json.encode([_json(commands[i], now=now) for i in sent]).decode()
    replies = sorted(ask(_MANY, [told, now, announce]), key=itemgetter(0))
    for item, rows in groupby(replies, key=itemgetter(0)):
        outcomes[sent[item]] = _rows.to_outcome(rows)
    if announce:
        wake.after_commit()
    return outcomes


def post_lines(*, lines: Sequence[dict[str, Any]], now: datetime) -> list[tuple[Any, ...]]:
    """Post earnings, spends and adjustments given as attributes of a points_command.

    For the batch endpoint alone: a thousand lines cost as much as the objects made of them.
    Replies are (item, problem, asked, had, duplicate, then LINE_COLUMNS), in any order.
    """
    replies = ask(_LINES, [msgspec.json.encode(lines).decode(), now])
    wake.after_commit()
    return replies


def _json(command: Command, *, now: datetime) -> dict[str, Any]:
    row = _rows.to_row(command, now=now)
    row["fingerprint"] = "\\x" + row["fingerprint"].hex()
    return {name: value for name, value in row.items() if value is not None}


def ask(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one statement past Django's cursor: values go as parameters of a prepared plan.

    Raises:
        KeyReusedError: the key moved another account of the member at the same time.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    try:
        with database.wrap_database_errors, Cursor(database.connection) as cursor:
            return cursor.execute(sql, values, binary=True).fetchall()
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, Error) and cause.diag.constraint_name == "points_entry_key_once":
            raise KeyReusedError() from error
        raise
