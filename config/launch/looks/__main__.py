"""`make looks INTO=folder [SITE=address] [ONLY=pattern]`: take, judge and lay out all pages."""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from config.launch import staging
from config.launch.looks import sheets, walking
from config.launch.looks.crawling import Stop
from config.launch.packages import say

# Nobody the demo knows: how all looks to a member who has just come.
_FRESH = "13911110000"


def main() -> None:
    """Look at every page, or at those whose address matches ONLY."""
    asked = _asked()
    views = walking.HALF if asked.half else walking.EVERY
    asked.into.mkdir(parents=True, exist_ok=True)
    with (
        nullcontext(asked.site) if asked.site else staging.product() as site,
        staging.chromium() as browser,
    ):
        stops, cookies = _stops(browser, site)
        chosen = [stop for stop in stops if re.search(asked.only, f"{stop.who} {stop.path}")]
        (asked.into / "pages.txt").write_text("\n".join(f"{s.who} {s.path}" for s in stops))
        say(f"{len(chosen)} of {len(stops)} pages, in {len(views)} views each")
        keep = walking.keeper(asked.into)
        told = walking.walk(browser, site, chosen, cookies, views=views, keep=keep)
    (asked.into / "report.tsv").write_text("\n".join(told.lines) + "\n")
    for check, count in Counter(line.partition("\t")[0] for line in told.lines).most_common():
        say(f"{check}: {count}")
    _lay_out(asked.into)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make looks", description=__doc__)
    parser.add_argument("into", type=Path)
    parser.add_argument("--site", default="")
    parser.add_argument("--only", default="")
    parser.add_argument("--half", action="store_true")
    return parser.parse_args()


def _stops(browser: Browser, site: str) -> tuple[list[Stop], dict[str, Any]]:
    """Return all pages, and the cookies of who opens them."""
    windows = {who: staging.window(browser, site, width=1280, height=800) for who in walking.STARTS}
    staging.sign_in_staff(windows["staff"])
    staging.sign_in_member(windows["member"], windows["staff"])
    staging.sign_in_member(windows["fresh"], windows["staff"], phone=_FRESH)
    contexts = {who: page.context for who, page in windows.items()}
    stops = walking.find_stops(contexts)
    return stops, {who: context.cookies() for who, context in contexts.items()}


def _lay_out(folder: Path) -> None:
    target = folder / "sheets"
    target.mkdir(exist_ok=True)
    for old in target.glob("*.png"):
        old.unlink()
    for view in walking.EVERY:
        pictures = sorted(folder.glob(f"*.{view.name}.jpg"))
        made = sheets.lay_out(pictures, width=view.width, target=target, name=view.name)
        say(f"{view.name}: {len(pictures)} pictures on {made} sheets")


if __name__ == "__main__":
    try:
        main()
    except staging.NotTakenError as problem:
        sys.exit(str(problem))
