"""What members' services refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_noop as _

from config.kernel.errors import (
    ConflictError,
    FieldError,
    ForbiddenError,
    InvalidError,
    MalformedError,
    NotFoundError,
)
from config.kernel.personal import Stake


class MemberNotFoundError(NotFoundError):
    """There is no such member in this programme."""

    code = "member.not_found"
    title = "There is no such member"


class IdentityConflictError(ConflictError):
    """The phone, e-mail and external id given belong to different members."""

    code = "member.identity_conflict"
    title = "These belong to different members"

    def __init__(self, *, members: list[str]) -> None:
        super().__init__(f"they belong to different members: {', '.join(members)}")
        self.members = members


class IdentityTakenError(ConflictError):
    """The external id already belongs to another member."""

    code = "member.identity_taken"
    title = "This belongs to another member"

    def __init__(self, detail: str = "", *, owner_id: int | None = None, case: str = "") -> None:
        super().__init__(detail)
        self.owner_id = owner_id
        self.case = case

    @property
    def extensions(self) -> Mapping[str, str]:
        """Return the case in which somebody will look at the two."""
        return {"merge_case": self.case} if self.case else {}


class MergeSameMemberError(InvalidError):
    """The two are one member already, or were given as one."""

    code = "merge.same_member"
    title = _("A member cannot be merged into itself")


class MergeOtherProgrammeError(InvalidError):
    """The two belong to different programmes."""

    code = "merge.other_programme"
    title = _("The two belong to different programmes")


class MergeErasurePendingError(ConflictError):
    """One of the two has asked to be erased: nobody else's data goes along unasked."""

    code = "merge.erasure_pending"
    title = _("One of the two has asked to be erased; that is called off or done first")


class MergeMemberClosedError(ConflictError):
    """One of the two is frozen, erased, or merged into somebody else."""

    code = "merge.member_closed"
    title = _("One of the two is frozen, erased or merged into somebody else")


class MergeDifferentPeopleError(ConflictError):
    """Both are verified by name, with different ID numbers."""

    code = "merge.different_people"
    title = _("Both are verified, with different ID numbers: they are two people")


class MergeCaseNotFoundError(NotFoundError):
    """There is no such case."""

    code = "merge.not_found"
    title = _("There is no such merge case")


class MergeCaseClosedError(ConflictError):
    """The case has been decided, or waits for a second person."""

    code = "merge.closed"
    title = _("This case has been decided, or waits for a second person")


class MergeNotMergedError(ConflictError):
    """There is nothing to undo: the case was not merged, or was undone."""

    code = "merge.not_merged"
    title = _("This case is not merged, or was undone")


class MergeUndoLateError(ConflictError):
    """A merge can be undone for 30 days."""

    code = "merge.undo_late"
    title = _("A merge can be undone for 30 days, and these are over")


class MergeLaterFirstError(ConflictError):
    """The survivor has been merged on: that merge is undone first."""

    code = "merge.later_first"
    title = _("The survivor was merged into another member since; undo that first")


class MergeWaitsError(ConflictError):
    """So many points move that a second person decides."""

    code = "merge.needs_approval"
    title = _("A second person has to agree to this merge")


class NoContactError(MalformedError):
    """Neither phone nor e-mail nor external id was given."""

    code = "member.no_contact"
    title = "Give a phone number, an e-mail address or an external id"


class InvalidPhoneError(MalformedError):
    """Not a phone number that exists."""

    code = "member.invalid_phone"
    title = "This is not a valid phone number"

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(pointer="/phone", code=self.code, detail=self.title)])


class InvalidEmailError(MalformedError):
    """Not an e-mail address."""

    code = "member.invalid_email"
    title = "This is not a valid e-mail address"

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(pointer="/email", code=self.code, detail=self.title)])


class BirthdayLockedError(ConflictError):
    """A birthday may be changed once a year."""

    code = "member.birthday_locked"
    title = "The birthday was already changed within a year"


class WrongCodeError(InvalidError):
    """The code is not the one that was sent."""

    code = "sign_in.wrong_code"
    title = "This is not the code that was sent"


class CodeExpiredError(InvalidError):
    """The code was used, tried too often, or is older than five minutes."""

    code = "sign_in.code_expired"
    title = "This code is no longer valid; ask for a new one"


class TooManyCodesError(ForbiddenError):
    """Too many codes were asked for."""

    code = "sign_in.too_many_codes"
    title = "Too many codes were asked for; try again later"

    def __init__(self, *, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class BudgetSpentError(TooManyCodesError):
    """All that may be spent on codes for now is spent."""

    code = "sign_in.budget_spent"
    title = "No codes are sent at the moment; try again later"


class PictureNeededError(InvalidError):
    """The digits in the picture must be read first: more codes were asked for than people do."""

    code = "sign_in.picture_needed"
    title = "Read the digits in the picture first"


class WrongPictureError(PictureNeededError):
    """Other digits stand in the picture, or it was used before."""

    code = "sign_in.wrong_picture"
    title = "These are not the digits in the picture"


class WrongProofError(InvalidError):
    """The second proof is not right."""

    code = "sign_in.wrong_proof"
    title = "This is not right; try again"


class StepUpNeededError(ForbiddenError):
    """What is to be done needs a second proof from the last five minutes."""

    code = "sign_in.step_up_needed"
    title = "Prove that it is you first"


class SocialFailedError(InvalidError):
    """The account elsewhere could not be confirmed; the reason names no person."""

    code = "sign_in.social_failed"
    title = "That account could not be confirmed; try again"


class LastWayInError(ConflictError):
    """Without it nobody could sign in to this account any more."""

    code = "sign_in.last_way_in"
    title = "This is the only way in that is left; add another one first"


class AccountClosedError(ForbiddenError):
    """The account may not sign in."""

    code = "sign_in.closed"
    title = "This account cannot sign in"


class ConsentMissingError(InvalidError):
    """Someone new must agree to the terms before an account is made."""

    code = "sign_in.consent_missing"
    title = "Please agree to the terms first"


class InvalidBirthdayError(InvalidError):
    """The birthday lies in the future or before 1900."""

    code = "member.invalid_birthday"
    title = "This cannot be a birthday"

    def __init__(self) -> None:
        super().__init__(
            errors=[FieldError(pointer="/birthday", code=self.code, detail=self.title)]
        )


class MemberLookupError(MalformedError):
    """Ask for exactly one of phone, email, external_id, member_code, card_no."""

    code = "member.lookup_invalid"
    title = "Look up by exactly one of phone, email, external_id, member_code, card_no"


class InvalidRealNameError(MalformedError):
    """Not a name that stands on an ID card."""

    code = "real_name.invalid_name"
    title = "Give the name as it stands on the ID card"


class InvalidIdNumberError(MalformedError):
    """Not a resident ID number: length, region, birth date or check character is wrong."""

    code = "real_name.invalid_number"
    title = "This is not a resident ID number"


class RealNameLockedError(ConflictError):
    """The member is verified already."""

    code = "real_name.locked"
    title = "The real name is verified and cannot be changed"


class IdNumberTakenError(ConflictError):
    """Another member is verified with this ID number."""

    code = "real_name.taken"
    title = "Another member is verified with this ID number"


class RealNameRefusedError(InvalidError):
    """Name and ID number do not belong together."""

    code = "real_name.refused"
    title = "Name and ID number do not belong together"


class WrongPasswordError(InvalidError):
    """Address and password do not belong together; which of them is wrong is not told."""

    code = "sign_in.wrong_password"
    title = "Address and password do not belong together"


class WeakPasswordError(InvalidError):
    """The password is too short, or too common."""

    code = "sign_in.weak_password"
    title = "This password is too easy to guess"


class ExportPendingError(ConflictError):
    """A copy of the member's data is being made already."""

    code = "privacy.export_pending"
    title = "A copy is being made already"


class ExportGoneError(NotFoundError):
    """There is no such copy of theirs, or its seven days are over."""

    code = "privacy.export_gone"
    title = "This copy is no longer there"


class ErasurePendingError(ConflictError):
    """The member is to be erased already."""

    code = "privacy.erasure_pending"
    title = "The erasure was asked for already"


class ErasureNotFoundError(NotFoundError):
    """No erasure is waiting that could be called off."""

    code = "privacy.erasure_not_found"
    title = "There is no erasure to call off"


class ErasureBlockedError(ConflictError):
    """Money or orders are open, and would be lost."""

    code = "privacy.erasure_blocked"
    title = "Something has to be settled first"

    def __init__(self, *, stakes: Sequence[Stake]) -> None:
        super().__init__("; ".join(stake.words for stake in stakes))
        self.stakes = tuple(stakes)


class StaffNotFoundError(NotFoundError):
    """Nobody of the staff has this id."""

    code = "staff.not_found"
    title = "There is no such member of staff"


class OwnAccountError(ForbiddenError):
    """Nobody gives themselves roles, or lets themselves in again."""

    code = "staff.own_account"
    title = "Somebody else has to do this to your account"


class LastAdministratorError(ConflictError):
    """Without this one nobody could give roles any more."""

    code = "staff.last_administrator"
    title = "This is the last administrator: make somebody else one first"


class GuardedStaffError(ForbiddenError):
    """Whoever could renew this password could act with roles that take a second person."""

    code = "staff.guarded"
    title = "This account has roles that take a second person: take them away first"


class StaffNameError(InvalidError):
    """Not a name to sign in with."""

    code = "staff.name"
    title = "Two to forty small letters, digits, dots or dashes"

    def __init__(self) -> None:
        at = FieldError(pointer="/username", code=self.code, detail=self.title)
        super().__init__(errors=[at])


class StaffNameTakenError(ConflictError):
    """Somebody signs in by this name already."""

    code = "staff.name_taken"
    title = "Somebody has this name already"

    def __init__(self) -> None:
        at = FieldError(pointer="/username", code=self.code, detail=self.title)
        super().__init__(errors=[at])


class UnknownRoleError(InvalidError):
    """The table of roles has no such role."""

    code = "staff.unknown_role"
    title = "There is no such role"

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(pointer="/roles", code=self.code, detail=self.title)])


class BulkExportNotFoundError(NotFoundError):
    """There is no such export, or it is somebody else's."""

    code = "export.not_found"
    title = "There is no such export"


class BulkExportGoneError(ConflictError):
    """It is not built yet, was cancelled, or its week is over."""

    code = "export.gone"
    title = "This file is not there (any more)"


class BulkExportForbiddenError(ForbiddenError):
    """Only whoever asked takes the file, and only with the permissions of the day."""

    code = "export.forbidden"
    title = "You may not take this file"


class NothingAskedError(InvalidError):
    """No field was named, or one that nobody may look at."""

    code = "member.nothing_asked"
    title = "Say which fields you need"

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(pointer="/show", code=self.code, detail=self.title)])


class NoReasonError(InvalidError):
    """Nobody looks at personal data without saying why."""

    code = "member.no_reason"
    title = "Say what you need it for"

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(pointer="/reason", code=self.code, detail=self.title)])


class GrantTooLongError(InvalidError):
    """A grant lasts a part of a working day."""

    code = "staff.grant_too_long"
    title = "A grant lasts between one hour and eight"

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(pointer="/hours", code=self.code, detail=self.title)])


class AvatarRefusedError(InvalidError):
    """The upload is no picture that we take. `why` is a code: too_large, not_a_picture, …"""

    code = "member.avatar_refused"
    title = "This picture cannot be used"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class UnknownPurposeError(InvalidError):
    """Nobody asks for consent to that."""

    code = "privacy.unknown_purpose"
    title = "Nobody asks for consent to that"


class InvalidPolicyError(InvalidError):
    """A version of a policy lacks what members must be able to read."""

    code = "privacy.invalid_policy"
    title = "This version is not complete"


class PolicyTakenError(ConflictError):
    """This version is published already."""

    code = "privacy.policy_taken"
    title = "This version is published already"


class PolicyNotFoundError(NotFoundError):
    """There is no such draft."""

    code = "privacy.policy_not_found"
    title = "There is no such draft"
