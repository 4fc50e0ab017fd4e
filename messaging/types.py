"""Messages as providers and other apps see them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """By what a message travels."""

    SMS = "sms"
    EMAIL = "email"


class Kind(StrEnum):
    """What a message is about; it decides who may stop it."""

    CODE = "code"
    MEMBER = "member"
    TRANSACTION = "transaction"
    SYSTEM = "system"


class Status(StrEnum):
    """How far a message has come."""

    SENT = "sent"
    UNSENT = "unsent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A rendered message. An SMS has no subject."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message on its way out. `key` names it: a provider that can, drops repetitions."""

    key: str
    channel: Channel
    address: str
    text: Text
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a provider answered."""

    provider: str
    reference: str = ""
