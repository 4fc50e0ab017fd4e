"""What a machine can see of an open page: axe, overflow, cut text, words in the wrong language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_JUDGE = Path(__file__).with_name("judge.js").read_text(encoding="utf-8")
# Latin words that are at home in Chinese: names, codes, units, what is written so everywhere.
_AT_HOME = re.compile(
    r"""^(?:
        [A-Z0-9][A-Z0-9_.-]*            # codes and numbers of records: SO-1001, CNY, API
        | https?|www|com|csv|gz|json|toml|webp|png|jpe?g
        | Lily|Changke|English|Alipay|WeChat|QQ|OpenID|OAuth|UUID|Chromium|Chrome|Linux|Safari
        | (?:mem|ord|ent|lot|itm|evt|req|app|hld|apr|xch)_\w*
        | admin|demo|lin
    )$""",
    re.VERBOSE,
)
_WORD = re.compile(r"[A-Za-z][A-Za-z_.-]{2,}")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at: which check said it, and what."""

    check: str
    words: str


def judge(page: Page, *, language: str, narrow: bool, member: bool) -> list[Finding]:
    """Return what is wrong with an open page, as far as a machine can tell."""
    seen: dict[str, list[str]] = page.evaluate(_JUDGE, not (narrow and member))
    found = [Finding("sticks out", words) for words in seen["sticks_out"][:5]]
    found += [Finding("cut", words) for words in seen["cut"]]
    found += [Finding("small target", words) for words in seen["small"]]
    if language.startswith("zh"):
        found += [Finding("English in Chinese", words) for words in seen["latin"] if strange(words)]
    else:
        found += [Finding("Chinese in English", words) for words in seen["chinese"]]
    return [*found, *(Finding("axe", words) for words in axe(page))]


def strange(text: str) -> bool:
    """Tell whether a text holds Latin words that have no home in Chinese."""
    return any(not _AT_HOME.match(word.rstrip("._-")) for word in _WORD.findall(text))


def axe(page: Page) -> list[str]:
    """Return what axe-core finds, whatever its weight: the rule and the first places."""
    if not page.evaluate("!!window.axe"):
        page.evaluate(AXE_SCRIPT)
    answer: dict[str, Any] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(({violations}) => ({violations}))"
    )
    return [
        f"{rule['id']} ({rule['impact']}) × {len(rule['nodes'])}: "
        + " | ".join(_place(node) for node in rule["nodes"][:2])
        for rule in answer["violations"]
    ]


def _place(node: dict[str, Any]) -> str:
    why = next((check["message"] for check in node["any"] if "contrast" in check["id"]), "")
    return f"{node['html'][:140]} {why}".replace("\n", " ")
