"""Who the members are.

Everything that points to a person directly is encrypted. `MemberKey` maps a blind index to
its member, so that the database itself refuses a second member for the same phone number.
Tables with `member_id` are spread by it and are written by SQL or `bulk_create`.
"""

from __future__ import annotations

from members.models.access import AccessRecord, DataGrant
from members.models.exports import ExportRun
from members.models.merging import MergeCase
from members.models.policies import ConsentPurpose, Policy
from members.models.privacy_requests import DataExport, Erasure
from members.models.profiles import Consent, Label, Member
from members.models.proofs import RealName
from members.models.reach import ContactPoint, Identity, MemberKey
from members.models.signing_in import SignInAttempt, SignInTicket, SocialAccount
from members.models.users import User, UserManager

__all__ = [
    "AccessRecord",
    "Consent",
    "ConsentPurpose",
    "ContactPoint",
    "DataExport",
    "DataGrant",
    "Erasure",
    "ExportRun",
    "Identity",
    "Label",
    "Member",
    "MemberKey",
    "MergeCase",
    "Policy",
    "RealName",
    "SignInAttempt",
    "SignInTicket",
    "SocialAccount",
    "User",
    "UserManager",
]
