"""Check what members fill in, and write it one way. Refusals name the field and why."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from members.belongings import divisions
from members.belongings.errors import FieldsRefusedError
from members.belongings.types import CHINA, AddressDraft, Label

_EXTENSION = re.compile(r"^(.*?)(?:转|#|ext\.?|分机)\s*(\d{1,6})$", re.IGNORECASE)
# Carriers hand out new prefixes before the number library knows of them.
_MOBILE = re.compile(r"1[3-9]\d{9}")
_SERVICE = re.compile(r"[48]00\d{7}")
LONGEST = {"recipient": 40, "phone": 30, "area": 100, "detail": 120, "postcode": 12}
_LONGEST_LABEL = 10


class Checks:
    """Collects what is wrong, field by field, so that everything is told at once."""

    def __init__(self) -> None:
        self.refused: dict[str, str] = {}

    def refuse(self, name: str, code: str) -> None:
        """Say why a field is refused; the first reason stands."""
        self.refused.setdefault(name, code)

    def text(self, name: str, value: str, *, most: int, required: bool = False) -> str:
        """Return a line of text without what nobody sees."""
        line = " ".join(unicodedata.normalize("NFC", value).split())
        line = "".join(c for c in line if unicodedata.category(c)[0] != "C")
        if required and not line:
            self.refuse(name, "missing")
        if len(line) > most:
            self.refuse(name, "too_long")
        return line

    def done(self) -> None:
        """Raise FieldsRefusedError when anything was refused."""
        if self.refused:
            raise FieldsRefusedError(self.refused)


def address(draft: AddressDraft) -> AddressDraft:
    """Return an address as it is kept.

    Raises:
        FieldsRefusedError: something is missing, too long, or cannot exist.
    """
    checks = Checks()
    recipient = checks.text("recipient", draft.recipient, most=LONGEST["recipient"], required=True)
    in_china = draft.country == CHINA
    phone = _phone(checks, draft.phone, region=draft.country)
    detail = checks.text("detail", draft.detail, most=LONGEST["detail"], required=True)
    postcode = checks.text("postcode", draft.postcode, most=LONGEST["postcode"])
    if in_china and postcode and not re.fullmatch(r"\d{6}", postcode):
        checks.refuse("postcode", "invalid")
    region, area = "", ""
    if in_china:
        region = _region(checks, draft.region)
    else:
        if not re.fullmatch(r"[A-Z]{2}", draft.country):
            checks.refuse("country", "invalid")
        area = checks.text("area", draft.area, most=LONGEST["area"], required=True)
    label_text = ""
    if draft.label is Label.OWN:
        label_text = checks.text("label_text", draft.label_text, most=_LONGEST_LABEL, required=True)
    checks.done()
    return AddressDraft(
        recipient=recipient,
        phone=phone,
        country=draft.country,
        region=region,
        area=area,
        detail=detail,
        postcode=postcode,
        label=draft.label,
        label_text=label_text,
        is_default=draft.is_default,
    )


def _region(checks: Checks, code: str) -> str:
    region = divisions.find(code)
    if region is None:
        checks.refuse("province", "missing")
        return ""
    if not region.whole:
        checks.refuse("county" if region.city_code else "city", "missing")
    return region.code


def _phone(checks: Checks, text: str, *, region: str) -> str:
    """Return a number a courier can call, with its extension."""
    wide = unicodedata.normalize("NFKC", text).strip()
    match = _EXTENSION.match(wide)
    number, extension = (match[1].strip(), match[2]) if match else (wide, "")
    kept = _number(number, region)
    if not number:
        checks.refuse("phone", "missing")
    elif not kept or len(kept) > LONGEST["phone"]:
        checks.refuse("phone", "invalid")
    return f"{kept}转{extension}" if extension else kept


def _number(text: str, region: str) -> str:
    digits = re.sub(r"[\s()-]", "", text)
    local = re.sub(r"^(?:\+|00)?86(?=1[3-9]\d{9}$)", "", digits)
    if _MOBILE.fullmatch(local) or _SERVICE.fullmatch(local):
        return local
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    if number.country_code == 86:
        form = phonenumbers.PhoneNumberFormat.NATIONAL
        area, _gap, rest = phonenumbers.format_number(number, form).partition(" ")
        return f"{area}-{rest.replace(' ', '')}" if rest else area
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
