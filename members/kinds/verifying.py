"""Who confirms that somebody is a student or buys for a company: an interface, and a local
provider that looks at the form only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from members.kinds.errors import ProofInvalidError
from members.kinds.types import Proof, ProofGiven

_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{4,23}")
_WORDS = re.compile(r"[^\W\d_][^\x00-\x1f\x7f<>]{1,79}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a provider says. `asked` tells whether a register was asked at all."""

    matches: bool
    asked: bool


class ProofProvider(Protocol):
    """Somebody who can tell whether a proof is true."""

    def verify(self, *, proof: Proof, given: ProofGiven) -> Verdict:
        """Return whether it is."""
        ...


class LocalProvider:
    """Believes what is well-formed, and says that nobody was asked."""

    def verify(self, *, proof: Proof, given: ProofGiven) -> Verdict:
        """Return that nothing speaks against it; the form was looked at before."""
        return Verdict(matches=True, asked=False)


def provider() -> ProofProvider:
    """Return the provider that this installation names."""
    found: ProofProvider = import_string(settings.KIND_PROOF_PROVIDER)()
    return found


def read_proof(*, proof: Proof, given: ProofGiven) -> ProofGiven:
    """Return what was typed, written one way.

    Raises:
        ProofInvalidError: this cannot be a proof; each field says what is wrong with it.
    """
    holder, body = (" ".join(text.split()) for text in (given.holder, given.body))
    number = "".join(given.number.split()).upper()
    wrong = {}
    if not _WORDS.fullmatch(holder):
        wrong["holder"] = _("Write the name as it stands on the paper.")
    if not _WORDS.fullmatch(body):
        wrong["body"] = (
            _("Write the name of the school in full.")
            if proof is Proof.STUDENT
            else _("Write the name of the company in full.")
        )
    if proof is Proof.COMPANY:
        try:
            number = str(uscc.validate(number))
        except ValidationError:
            wrong["number"] = _(
                "This is not a unified social credit code: 18 characters, the last one checks"
                " the others."
            )
    elif not _NUMBER.fullmatch(number):
        wrong["number"] = _("Write the student number: 5 to 24 letters and digits.")
    if wrong:
        raise ProofInvalidError(fields=wrong)
    return ProofGiven(holder=holder, body=body, number=number)
