"""What members' columns hold, why, how long, and what an erasure does to them."""

from __future__ import annotations

from config.kernel.privacy import Erase, Grade, classify, impersonal

_MEMBERSHIP = "while the person is a member"
_REACH = "to recognize the member, and to reach and sign in them"
_SERVE = "to serve the member as a person"
_PROVE = "to prove what was agreed to"


def _users() -> None:
    impersonal("members.User", "id", "is_staff", "is_superuser", "is_active", "phone_verified")
    classify(
        "members.User",
        "staff_name",
        grade=Grade.PERSONAL,
        purpose="to sign staff in",
        retention="while they work here",
        erase=Erase.CLEAR,
    )
    classify(
        "members.User",
        "email",
        "phone",
        grade=Grade.DIRECT,
        purpose=_REACH,
        retention=_MEMBERSHIP,
        erase=Erase.CLEAR,
    )
    classify(
        "members.User",
        "password",
        grade=Grade.SECRET,
        purpose="to sign in; a salted hash",
        retention=_MEMBERSHIP,
        erase=Erase.CLEAR,
    )
    classify(
        "members.User",
        "last_login",
        grade=Grade.LINKED,
        purpose="to notice misuse",
        retention=_MEMBERSHIP,
        erase=Erase.CLEAR,
    )


def _profile(model: str) -> None:
    impersonal(model, "id", "programme_id", "status", "kind", "survivor_id", "version")
    classify(
        model,
        "member_no",
        "user",
        "joined_at",
        "home_store_id",
        "birthday_changed_at",
        grade=Grade.LINKED,
        purpose="to keep the account",
        retention="as long as the ledger",
        erase=Erase.KEEP,
    )
    classify(
        model,
        "nickname",
        "birthday",
        "gender",
        "locale",
        "timezone",
        "attribution",
        grade=Grade.PERSONAL,
        purpose=_SERVE,
        retention=_MEMBERSHIP,
        erase=Erase.CLEAR,
    )


def _member() -> None:
    _profile("members.Member")
    classify(
        "members.Member",
        "name",
        grade=Grade.DIRECT,
        purpose=_SERVE,
        retention=_MEMBERSHIP,
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


def _reach() -> None:
    impersonal("members.MemberKey", "id", "programme_id", "kind", "member_id")
    classify(
        "members.MemberKey",
        "blind",
        grade=Grade.DIRECT,
        purpose="to find the member; a keyed hash",
        retention=_MEMBERSHIP,
        erase=Erase.DELETE_ROW,
        exported=False,
    )
    for model, direct in (("ContactPoint", "value"), ("Identity", "external_id")):
        name = f"members.{model}"
        impersonal(name, "id", "member_id", "recorded_at")
        classify(
            name,
            direct,
            grade=Grade.DIRECT,
            purpose=_REACH,
            retention=_MEMBERSHIP,
            erase=Erase.DELETE_ROW,
        )
    impersonal("members.ContactPoint", "kind", "verified_at")
    impersonal("members.Identity", "channel")


def _rest() -> None:
    impersonal("members.Label", "id", "member_id", "kind", "name_zh", "name_en")
    classify(
        "members.Label",
        "code",
        "since",
        "until",
        "computed_at",
        grade=Grade.LINKED,
        purpose="to give what the member's tier, tags and segments are entitled to",
        retention=_MEMBERSHIP,
        erase=Erase.DELETE_ROW,
    )
    impersonal("members.Consent", "id", "member_id", "storefront_id")
    classify(
        "members.Consent",
        "purpose",
        "policy_version",
        "given_at",
        "withdrawn_at",
        grade=Grade.LINKED,
        purpose=_PROVE,
        retention="three years after the membership",
        erase=Erase.KEEP,
    )
    impersonal("members.SignInTicket", "id", "programme_id", "kind", "tries")
    impersonal("members.SignInTicket", "sent_at", "expires_at", "used_at", "purpose", "user_id")
    for secret in ("token", "code_hash"):
        classify(
            "members.SignInTicket",
            secret,
            grade=Grade.SECRET,
            purpose="to check a sign-in code; the code is a keyed hash",
            retention="a day",
            erase=Erase.DELETE_ROW,
        )
    classify(
        "members.SignInTicket",
        "address",
        grade=Grade.DIRECT,
        purpose="to know whom the code proves",
        retention="a day",
        erase=Erase.DELETE_ROW,
        exported=False,
    )


def _attempts() -> None:
    model = "members.SignInAttempt"
    impersonal(model, "id", "user_id", "member_id", "programme_id")
    about = "to notice a sign-in that is not the member's"
    for field, grade in (
        ("by", Grade.LINKED),
        ("outcome", Grade.LINKED),
        ("risk", Grade.LINKED),
        ("reasons", Grade.LINKED),
        ("occurred_at", Grade.LINKED),
        ("ip", Grade.DIRECT),
        ("agent", Grade.DIRECT),
    ):
        classify(
            model,
            field,
            grade=grade,
            purpose=about,
            retention="180 days",
            erase=Erase.DELETE_ROW,
        )
    classify(
        model,
        "device",
        "network",
        grade=Grade.DIRECT,
        purpose=f"{about}; keyed hashes",
        retention="180 days",
        erase=Erase.DELETE_ROW,
        exported=False,
    )


def _socials() -> None:
    model = "members.SocialAccount"
    impersonal(model, "id", "user_id", "provider", "bound_at")
    for field, exported in (("subject", True), ("nickname", True), ("blind", False)):
        classify(
            model,
            field,
            grade=Grade.DIRECT,
            purpose="to sign in with an account elsewhere",
            retention="until it is unbound",
            erase=Erase.DELETE_ROW,
            exported=exported,
        )


def _real_names() -> None:
    model = "members.RealName"
    impersonal(model, "id", "member_id", "provider", "is_asked", "verified_at")
    classify(
        model,
        "name",
        "id_number",
        grade=Grade.DIRECT,
        purpose="to know for certain who the member is",
        retention=_MEMBERSHIP,
        erase=Erase.DELETE_ROW,
    )


def _library_tables() -> None:
    """allauth's own tables, which hold what is as personal as ours."""
    impersonal("mfa.Authenticator", "id", "user", "type", "created_at", "last_used_at")
    classify(
        "mfa.Authenticator",
        "data",
        grade=Grade.SECRET,
        purpose="to check a second proof",
        retention="until it is removed",
        erase=Erase.DELETE_ROW,
    )
    model = "usersessions.UserSession"
    impersonal(model, "id", "user", "data")
    classify(
        model,
        "created_at",
        "last_seen_at",
        grade=Grade.LINKED,
        purpose="to show the member where they are signed in",
        retention="until the session ends",
        erase=Erase.DELETE_ROW,
    )
    classify(
        model,
        "ip",
        "user_agent",
        grade=Grade.DIRECT,
        purpose="to show the member where they are signed in",
        retention="until the session ends",
        erase=Erase.DELETE_ROW,
    )
    classify(
        model,
        "session_key",
        grade=Grade.SECRET,
        purpose="to end the session from afar",
        retention="until the session ends",
        erase=Erase.DELETE_ROW,
    )
    for name in ("EmailAddress", "EmailConfirmation"):
        impersonal(f"account.{name}", "id")
    impersonal("account.EmailAddress", "user", "verified", "primary")
    impersonal("account.EmailConfirmation", "email_address", "created", "sent")
    classify(
        "account.EmailAddress",
        "email",
        grade=Grade.DIRECT,
        purpose=_REACH,
        retention=_MEMBERSHIP,
        erase=Erase.DELETE_ROW,
    )
    classify(
        "account.EmailConfirmation",
        "key",
        grade=Grade.SECRET,
        purpose="to confirm an address; not used by our own flows",
        retention="a day",
        erase=Erase.DELETE_ROW,
    )


def declare() -> None:
    """Fill the register."""
    _users()
    _member()
    _reach()
    _rest()
    _attempts()
    _library_tables()
    _socials()
    _real_names()
