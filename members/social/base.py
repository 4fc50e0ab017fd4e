"""What every provider answers, and the plain HTTP that all of them speak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from members.errors import SocialFailedError

if TYPE_CHECKING:
    import requests

_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who somebody is to a provider.

    `subjects` name them, the one that holds over all apps of the shop first: accounts that
    were told apart by app meet there.
    """

    provider: str
    subjects: tuple[str, ...]
    nickname: str = ""


class Provider(Protocol):
    """Somewhere else to sign in."""

    @property
    def slug(self) -> str:
        """Return its name in addresses."""
        ...

    @property
    def code_name(self) -> str:
        """Return the parameter in which it sends its code back."""
        ...

    def address(self, *, state: str, redirect_uri: str, agent: str) -> str:
        """Return where the browser goes to sign in there."""
        ...

    def identify(self, *, code: str, redirect_uri: str, agent: str) -> Person:
        """Return who came back with this code.

        Raises:
            SocialFailedError: the provider does not know the code, or does not answer.
        """
        ...


def ask(method: str, url: str, **values: Any) -> requests.Response:
    """Send a request to a provider.

    Raises:
        SocialFailedError: it does not answer, or not well.
    """
    import requests  # not before: every command would wait for it

    try:
        answer = requests.request(method, url, timeout=_SECONDS, allow_redirects=False, **values)
        answer.raise_for_status()
    except requests.RequestException as exc:
        # The address holds the app's secret: it must reach no log.
        raise SocialFailedError(type(exc).__name__) from None
    # Some say nothing of their charset; all of them write UTF-8.
    answer.encoding = "utf-8"
    return answer


def ask_json(method: str, url: str, **values: Any) -> dict[str, Any]:
    """Send a request and read the JSON object in the answer.

    Raises:
        SocialFailedError: it does not answer, or with something else.
    """
    answer = ask(method, url, **values)
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SocialFailedError("no JSON")
    return found


def text_of(found: dict[str, Any], name: str) -> str:
    """Return a value that must be there.

    Raises:
        SocialFailedError: it is not.
    """
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise SocialFailedError(f"no {name}")
    return value
