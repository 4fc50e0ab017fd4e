"""What stands in for a provider on a laptop: a page of ours that asks who to be.

It exists in the demo alone, says what it is, and no account of it is anybody's elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core import signing
from django.urls import reverse

from members.errors import SocialFailedError
from members.social.base import Person

_SALT = "members.social.local"
_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalProvider:
    """A provider that believes what is typed."""

    slug: str
    code_name: str = "code"

    def address(self, *, state: str, redirect_uri: str, agent: str) -> str:
        """Return our own page that stands in for the provider's."""
        query = urlencode({"state": state, "redirect_uri": redirect_uri})
        return f"{reverse('members:local_provider', args=[self.slug])}?{query}"

    def identify(self, *, code: str, redirect_uri: str, agent: str) -> Person:
        """Return who was typed.

        Raises:
            SocialFailedError: the code is not ours, or older than five minutes.
        """
        try:
            who = signing.loads(code, salt=f"{_SALT}.{self.slug}", max_age=_SECONDS)
        except signing.BadSignature:
            raise SocialFailedError("not our code") from None
        return Person(provider=self.slug, subjects=(f"local:{who}",), nickname=str(who))


def make_code(*, slug: str, who: str) -> str:
    """Return the code with which the stand-in sends somebody back."""
    return signing.dumps(who, salt=f"{_SALT}.{slug}")
