"""Put together what was found: name, phone, region, detail, postcode."""

from __future__ import annotations

import re
from dataclasses import dataclass

from members.belongings import divisions
from members.belongings.reading import foreign, labels, names, phones, regions
from members.belongings.reading.plain import clean, has_han, join
from members.belongings.types import Pasted

_CUT = "\x00"
_POSTCODE = re.compile(r"(?<![\d-])(\d{6})(?![\d-])(?!\s*[号室楼])")
_LOOSE = " ,，;()\n\x00"
_SEPARATORS = re.compile(r"[\s,，;；、|/\x00]+")
_NOISE = re.compile(
    r"^(?:电话|手机|手机号|联系电话|收件人|收货人|姓名|地址|收货信息|收件信息|寄件信息|地址信息|中国|中华人民共和国|默认|默认地址|已设为默认|家|公司|学校|复制|修改|编辑|"
    r"收|收货信息|请寄到?|寄到|寄给|发到|寄|麻烦寄到?|谢谢|你好|您好|86|\+86)$"
)
# Some shops space the letters of a heading out.
_SPACED = re.compile(r"[收手详所联][ ](?:[\u4e00-\u9fff] ){1,3}[\u4e00-\u9fff](?=\s*:)")
_LEAD = re.compile(
    r"^(?:收货信息:|请?(?:帮忙)?(?:寄到|寄给|发到|送到|邮寄到)|收货地址是?|地址是?|我的地址是?)[::]?\s*"
)
_CHINA = re.compile(r"中华人民共和国|中国(?=[\s,，]*\S{2,3}(?:省|市|自治区))")


@dataclass(slots=True, kw_only=True)
class _Parts:
    """What is known so far, and what is left to explain."""

    recipient: str = ""
    phone: str = ""
    region: str = ""
    postcode: str = ""
    before: str = ""
    after: str = ""


def read(text: str) -> Pasted:
    """Return what a pasted text says of an address. It never fails: unread parts are empty."""
    text = _SPACED.sub(lambda match: match[0].replace(" ", ""), clean(text))
    labeled, rest = labels.split(text)
    if not has_han(text):
        return foreign.read(text, labeled)
    parts = _Parts()
    if labeled:
        rest = _by_labels(parts, labeled, rest)
    if not parts.phone:
        rest = _take_phone(parts, rest)
    rest = _take_postcode(parts, rest)
    _take_region(parts, _CHINA.sub("", rest))
    return _finish(parts)


def _by_labels(parts: _Parts, labeled: dict[str, str], rest: str) -> str:
    """Use the labels, and return what is left to read: the address itself."""
    if told := labeled.get("phone", ""):
        found = phones.find(told)
        if found is not None:
            parts.phone = found.number
            # Who leaves out the next label writes on behind the number.
            rest += f"\n{told[: found.start]}{_CUT}{told[found.end :]}"
        else:
            rest += f"\n{told}"
    name, _line, more = labeled.get("recipient", "").partition("\n")
    if name:
        rest = f"{_take_name(parts, name)}\n{more}\n{rest}"
    if found_code := re.search(r"\d{6}", labeled.get("postcode", "")):
        parts.postcode = found_code[0]
        rest += "\n" + labeled["postcode"].replace(found_code[0], " ", 1)
    region, detail = labeled.get("region", ""), labeled.get("detail", "")
    return f"{rest}\n{region} {detail}" if region or detail else rest


def _take_name(parts: _Parts, text: str) -> str:
    """Take the name that a label announces, and return what is behind it."""
    found = phones.find(text)
    if found is not None:
        if not parts.phone:
            parts.phone = found.number
        text = f"{text[: found.start]}{_CUT}{text[found.end :]}"
    first, *others = [
        piece for piece in re.split(r"[,，;；\x00]|\s{2,}", text) if piece.strip()
    ] or [""]
    words = first.split()
    if len(words) > 1 and has_han(words[0]):
        first, others = words[0], [" ".join(words[1:]), *others]
    parts.recipient = names.clean(first)
    return "\n".join(others)


def _take_phone(parts: _Parts, text: str) -> str:
    found = phones.find(text)
    if found is None:
        return text
    parts.phone = found.number
    return f"{text[: found.start]}{_CUT}{text[found.end :]}"


def _take_postcode(parts: _Parts, text: str) -> str:
    if parts.postcode:
        return text
    for match in _POSTCODE.finditer(text):
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        if not before.strip(_LOOSE) and (not after.strip(_LOOSE) or has_han(after)):
            parts.postcode = match[1]
            return f"{text[: match.start()]} {text[match.end() :]}"
    return text


def _take_region(parts: _Parts, text: str) -> None:
    found = regions.find(text)
    if found is None:
        parts.after = text
        return
    parts.region = found.code
    parts.before, parts.after = text[: found.start], _behind(text[found.end :], found.code)


def _behind(text: str, code: str) -> str:
    """Return what follows a region; forms that name it twice say it once."""
    region = divisions.find(code)
    if region is not None and (same := regions.city_at(text, region.city_code)):
        # The city of a former prefecture had its name: 毕节地区毕节市.
        return text[same:]
    again = regions.find(text[:40])
    twice = again is not None and again.start <= 2 and again.levels >= 3
    if again is not None and twice and again.code.startswith(code[:4]):
        return text[again.end :]
    return text


def _finish(parts: _Parts) -> Pasted:
    before = _pieces(parts.before)
    after = _pieces(parts.after)
    if not parts.recipient:
        parts.recipient = _pick_name(before, after)
    else:
        for pieces in (before, after):
            pieces[:] = [piece for piece in pieces if names.clean(piece) != parts.recipient]
    detail = join([*_sensible(before), *after])
    if not parts.recipient:
        detail, parts.recipient = names.split_glued(detail)
    return Pasted(
        recipient=parts.recipient,
        phone=parts.phone,
        region=parts.region,
        detail=join([detail]),
        postcode=parts.postcode,
    )


def _pieces(text: str) -> list[str]:
    """Return the pieces of a text, Latin names kept together."""
    pieces: list[str] = []
    for raw in _SEPARATORS.split(text):
        piece = _LEAD.sub("", raw.strip(" .:-\"'“”"))
        if not piece.endswith("]"):
            piece = piece.strip("[]【】<>")
        if not piece or _NOISE.match(piece):
            continue
        if pieces and _goes_on(pieces[-1], piece):
            pieces[-1] = f"{pieces[-1]} {piece}"
        else:
            pieces.append(piece)
    return pieces


def _goes_on(before: str, piece: str) -> bool:
    latin = re.compile(r"[A-Z][a-zA-Z'.-]*(?: [A-Z][a-zA-Z'.-]*)*")
    return bool(latin.fullmatch(before) and latin.fullmatch(piece))


def _pick_name(before: list[str], after: list[str]) -> str:
    """Take the piece that looks most like a name: one before the region is the likelier one."""
    best: tuple[int, list[str], int] | None = None
    for pieces, bonus in ((before, 2), (after, 0)):
        for place, piece in enumerate(pieces):
            score = names.likeness(piece)
            if not score:
                continue
            # At either end of what was pasted; the middle of an address is the address.
            edge = place in (0, len(pieces) - 1)
            score += bonus + edge
            if pieces is after and place == 0 and len(after) == 1:
                score -= 3
            if best is None or score > best[0]:
                best = (score, pieces, place)
    if best is None or best[0] < 2:
        return ""
    _score, pieces, place = best
    return names.clean(pieces.pop(place))


def _sensible(before: list[str]) -> list[str]:
    """Return what stood before the region and belongs to the address after all."""
    return [piece for piece in before if re.search(r"\d|[路街号楼室村]", piece)]
