"""What the accounts and the members themselves hold."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_noop as _

from config.kernel import personal
from config.kernel.privacy import Erase, Grade, classify, impersonal
from members import avatars, models
from members.privacy.reasons import MEMBERSHIP, REACH, SERVE

_PROVE = _("to prove what was agreed to")


def _users() -> None:
    impersonal("members.User", "id", "is_staff", "is_superuser", "is_active", "phone_verified")
    impersonal("members.User", "must_change_password")
    classify(
        "members.User",
        "staff_name",
        grade=Grade.PERSONAL,
        purpose=_("to sign staff in"),
        retention=_("while they work here"),
        erase=Erase.CLEAR,
    )
    classify(
        "members.User",
        "email",
        "phone",
        grade=Grade.DIRECT,
        purpose=REACH,
        retention=MEMBERSHIP,
        erase=Erase.CLEAR,
    )
    classify(
        "members.User",
        "password",
        grade=Grade.SECRET,
        purpose=_("to sign in; a salted hash"),
        retention=MEMBERSHIP,
        erase=Erase.CLEAR,
    )
    classify(
        "members.User",
        "last_login",
        grade=Grade.LINKED,
        purpose=_("to notice misuse"),
        retention=MEMBERSHIP,
        erase=Erase.CLEAR,
    )

    personal.leads("members.User", user=("id",))


def _profile(model: str) -> None:
    impersonal(model, "id", "programme_id", "status", "kind", "survivor_id", "version")
    classify(
        model,
        "member_no",
        "joined_at",
        "home_store_id",
        "birthday_changed_at",
        grade=Grade.LINKED,
        purpose=_("to keep the account"),
        retention=_("as long as the books are kept"),
        erase=Erase.KEEP,
    )
    classify(
        model,
        "user",
        grade=Grade.LINKED,
        purpose=_("to keep the account"),
        retention=MEMBERSHIP,
        erase=Erase.CLEAR,
        exported=False,
    )
    personal.leads(model, member=("id",))
    classify(
        model,
        "nickname",
        "birthday",
        "gender",
        "avatar",
        "interests",
        "locale",
        "timezone",
        "attribution",
        grade=Grade.PERSONAL,
        purpose=SERVE,
        retention=MEMBERSHIP,
        erase=Erase.CLEAR,
    )


def _member() -> None:
    _profile("members.Member")
    classify(
        "members.Member",
        "name",
        grade=Grade.DIRECT,
        purpose=SERVE,
        retention=MEMBERSHIP,
        erase=Erase.CLEAR,
    )
    _profile("members.HistoricalMember")
    impersonal(
        "members.HistoricalMember",
        "history_id",
        "history_date",
        "history_type",
        "history_change_reason",
        "history_user",
    )


def _labels_and_consents() -> None:
    impersonal("members.Label", "id", "member_id", "kind", "name_zh", "name_en")
    classify(
        "members.Label",
        "code",
        "since",
        "until",
        "computed_at",
        grade=Grade.LINKED,
        purpose=_("to give what the member's tier, tags and segments are entitled to"),
        retention=MEMBERSHIP,
        erase=Erase.DELETE_ROW,
    )
    impersonal("members.Consent", "id", "member_id", "storefront_id")
    classify(
        "members.Consent",
        "purpose",
        "policy_version",
        "given_at",
        "withdrawn_at",
        "source",
        "withdrawn_source",
        grade=Grade.LINKED,
        purpose=_PROVE,
        retention=_("three years after the membership"),
        erase=Erase.KEEP,
    )


def _forget_avatars(person: personal.Person, now: datetime) -> int:
    """Delete the files; the columns that name them are cleared afterwards."""
    found = models.Member.objects.filter(pk__in=person.member_ids).exclude(avatar="")
    names = list(found.values_list("avatar", flat=True))
    for name in names:
        avatars.remove(name)
    return len(names)


def declare() -> None:
    """Classify these columns."""
    personal.step("members.avatars", order=10, erase=_forget_avatars)
    _users()
    _member()
    _labels_and_consents()
