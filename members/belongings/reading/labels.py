"""Take a text apart by the labels that shops and forms put before each value."""

from __future__ import annotations

import re

_WORDS = {
    "recipient": "收货人姓名|收件人姓名|收货人|收件人|收货姓名|联系人|姓名|名字|收货方"
    "|recipient|full name|name|to|attn",
    "phone": "手机号码|手机号|联系电话|联系方式|收货电话|收件电话|收件人电话|收货人电话"
    "|电话号码|手机|电话"
    "|mobile|phone|tel|cell",
    "region": "所在地区|所在区域|所在省市|省市区|地区|区域|region",
    "detail": "详细地址|收货地址|收件地址|街道地址|邮寄地址|寄送地址|联系地址|街道|地址"
    "|address|addr",
    "postcode": "邮政编码|邮编|postal code|postcode|zip code|zip",
    "other": "备注|订单编号|订单号|商品|快递公司|买家|旺旺|昵称|note|e-?mail|邮箱",
}
_LABEL = re.compile(
    "|".join(
        rf"(?P<{name}>(?<![a-zA-Z\u4e00-\u9fff])(?:{words})(?=\s*[:\]】]|\s{{2,}}|[ ](?=\S)))"
        if name in ("recipient", "phone", "detail", "postcode")
        else rf"(?P<{name}>(?<![a-zA-Z\u4e00-\u9fff])(?:{words})(?=\s*[:\]】]))"
        for name, words in _WORDS.items()
    ),
    re.IGNORECASE,
)
_LATIN_WORD = re.compile(r"[A-Za-z]")


def split(text: str) -> tuple[dict[str, str], str]:
    """Return what stood behind each label, and what stood before the first one."""
    marks = [m for m in _LABEL.finditer(text) if _is_label(text, m)]
    found: dict[str, str] = {}
    for place, mark in enumerate(marks):
        end = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        value = text[mark.end() : end].strip(" :]】[【\n;,，")
        name = str(mark.lastgroup)
        if value and name not in found:
            found[name] = value
    return found, text[: marks[0].start()] if marks else text


def _is_label(text: str, mark: re.Match[str]) -> bool:
    """A Latin word is a label only with a colon: "to" and "name" stand in sentences too."""
    behind = text[mark.end() :].lstrip()
    if behind[:1] in (":", "]", "】"):
        return True
    return not _LATIN_WORD.match(mark[0])
