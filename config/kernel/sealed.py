"""Encrypted text that is found by equality: 16 bytes of blind index, then the ciphertext.

The two travel in one column, so that no write can forget the index. `exact`, `iexact` and
`in` compare the first 16 bytes; give the column a unique or plain index over `BlindOf`.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models import lookups
from django.db.models.expressions import Func

from config.kernel import crypto
from config.kernel.fields import EncryptedTextField

_ANSWERED = frozenset({"exact", "iexact", "in", "isnull"})
CUT = f"substring(%s from 1 for {crypto.BLIND_BYTES})"


class BlindOf(Func):
    """The blind index inside a sealed column, for indexes and unique constraints."""

    arity = 1
    output_field = models.BinaryField()
    template = CUT % "%(expressions)s"


class SealedTextField(EncryptedTextField):
    """Encrypted text with its blind index in front. `kind` names the space of values.

    Fields of the same kind have the same index for the same value. Case is not looked at.
    """

    description = "encrypted text, found by equality"

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "kind": self.kind}

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse comparisons that ciphertext would answer wrongly."""
        if lookup_name not in _ANSWERED:
            raise FieldError(f"a sealed field does not answer {lookup_name}")
        return super().get_lookup(lookup_name)

    def blind(self, value: str) -> bytes:
        """Return the index under which `value` is found."""
        return crypto.blind(self.kind, str(value).strip().lower())

    def get_prep_value(self, value: Any) -> bytes | None:
        if value is None or value == "":
            return None
        sealed = super().get_prep_value(value)
        return self.blind(value) + sealed if sealed is not None else None

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        return super().from_db_value(bytes(value)[crypto.BLIND_BYTES :], expression, connection)


class _Blinded:
    """Compare the index part of the column."""

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        sql, params = super().process_lhs(compiler, connection, lhs)  # type: ignore[misc]
        return CUT % sql, params


class _SealedExact(_Blinded, lookups.Exact):
    def get_prep_lookup(self) -> Any:
        return self.lhs.output_field.blind(self.rhs)


class _SealedIn(_Blinded, lookups.In):
    def get_prep_lookup(self) -> Any:
        return [self.lhs.output_field.blind(value) for value in self.rhs if value]


SealedTextField.register_lookup(_SealedExact)
# Case is not looked at anyway, and `iexact` itself would upper-case bytes.
SealedTextField.register_lookup(_SealedExact, "iexact")
SealedTextField.register_lookup(_SealedIn)
