"""What the services of kinds refuse."""

from __future__ import annotations

from config.kernel.errors import ConflictError, FieldError, InvalidError, NotFoundError


class KindNotFoundError(NotFoundError):
    """The programme has no such kind of member."""

    code = "kind.not_found"
    title = "There is no such kind of member"


class KindsInvalidError(InvalidError):
    """The kinds make no sense: codes, terms or sizes."""

    code = "kind.invalid"
    title = "The kinds of member are not valid"


class KindsPublishedError(ConflictError):
    """Published kinds are not changed; draft a new version."""

    code = "kind.published"
    title = "These kinds of member are already published"


class EntryClosedError(ConflictError):
    """One does not come to this kind by applying."""

    code = "kind.entry_closed"
    title = "One does not apply for this kind of member"


class AlreadyOfKindError(ConflictError):
    """The member is of this kind, and it is too early to renew."""

    code = "kind.already"
    title = "The member is of this kind already"


class NotOfKindError(ConflictError):
    """The member is not of this kind."""

    code = "kind.not_held"
    title = "The member is not of this kind"


class ApplicationWaitingError(ConflictError):
    """An application for this kind waits for a decision."""

    code = "kind.application_waiting"
    title = "An application is waiting already"


class ApplicationNotFoundError(NotFoundError):
    """There is no such application."""

    code = "kind.application_not_found"
    title = "There is no such application"


class ApplicationDecidedError(ConflictError):
    """Somebody decided it, or it was withdrawn."""

    code = "kind.application_decided"
    title = "The application is decided already"


class ProofInvalidError(InvalidError):
    """What was typed cannot be a proof; `errors` name the fields."""

    code = "kind.proof_invalid"
    title = "This cannot be a proof"

    def __init__(self, *, fields: dict[str, str]) -> None:
        super().__init__(
            errors=[
                FieldError(pointer=f"/{name}", code=self.code, detail=detail)
                for name, detail in fields.items()
            ]
        )


class ProofRefusedError(InvalidError):
    """Whoever was asked knows of no such student or company."""

    code = "kind.proof_refused"
    title = "The proof was not confirmed"


class GroupFullError(ConflictError):
    """Every place in the group is taken."""

    code = "kind.group_full"
    title = "Every place is taken"


class InvitationInvalidError(InvalidError):
    """The code is unknown, was used, withdrawn, or is too old; which of them is not told."""

    code = "kind.invitation_invalid"
    title = "This invitation is not valid any more"


class NotOwnerError(ConflictError):
    """Only who founded the group and pays for it may do this."""

    code = "kind.not_owner"
    title = "Only who founded the group may do this"


class TwoGroupsError(ConflictError):
    """Both members to be merged founded a group, and others are in both."""

    code = "kind.two_groups"
    title = "Each of the two founded a group that others are in; one of them dissolves it first"


class OwnerLeavesError(ConflictError):
    """Who founded the group does not leave it: they dissolve it."""

    code = "kind.owner_leaves"
    title = "Who founded the group can only dissolve it"
