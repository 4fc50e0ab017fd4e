"""Model fields that keep their value encrypted in the database."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from config.kernel import crypto


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text, AES-256-GCM encrypted; the column's name is part of what is authenticated.

    Equality is asked of a blind index beside it, never of this field.
    """

    description = "encrypted text"

    @property
    def context(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_prep_value(self, value: Any) -> bytes | None:
        if value is None:
            return None
        return crypto.ring().encrypt(self._to_bytes(value), context=self.context)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = value if prepared else self.get_prep_value(value)
        return None if sealed is None else connection.Database.Binary(sealed)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        return self._from_bytes(crypto.ring().decrypt(bytes(value), context=self.context))

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError("encrypted fields are not serialized")

    def to_python(self, value: Any) -> Any:
        return value

    def get_default(self) -> Any:
        return "" if not self.null and not self.has_default() else super().get_default()

    def _to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def _from_bytes(self, plain: bytes) -> Any:
        return plain.decode()


class EncryptedJSONField(EncryptedTextField):
    """A JSON value, encrypted as a whole."""

    description = "encrypted JSON"

    def _to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def _from_bytes(self, plain: bytes) -> Any:
        return json.loads(plain)


class BlindIndexField(models.BinaryField):  # type: ignore[type-arg]
    """The keyed hash by which an encrypted value is found (`kernel.crypto.blind`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", crypto.BLIND_BYTES)
        super().__init__(*args, **kwargs)
