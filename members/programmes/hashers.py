"""How secrets that machines made are hashed.

A client secret is 256 random bits: nobody can guess it, hashed slowly or fast, so the
half second that a slow hash costs each token request buys nothing. What people choose as
passwords is hashed by Django's default, which is slow on purpose.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher
from django.utils.crypto import constant_time_compare


class MachineSecretHasher(BasePasswordHasher):
    """Salted SHA-256, for random secrets alone."""

    algorithm = "machine"

    def encode(self, password: str, salt: str) -> str:
        digest = hashlib.sha256(f"{salt}${password}".encode()).hexdigest()
        return f"{self.algorithm}${salt}${digest}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        salt = self.decode(encoded)["salt"]
        return constant_time_compare(encoded, self.encode(password, salt))

    def safe_summary(self, encoded: str) -> Any:
        return {"algorithm": self.algorithm}

    def must_update(self, encoded: str) -> bool:
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing to hide: the time does not depend on the iterations of any secret."""
