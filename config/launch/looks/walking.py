"""Open each page in each width, language and theme; keep a picture and what was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

from config.launch.looks import judging
from config.launch.looks.crawling import Stop, crawl

WIDTHS = (1280, 390)
LANGUAGES = ("zh-CN", "en-US")
SCHEMES: tuple[Any, ...] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class View:
    """How a page is looked at."""

    language: str
    width: int
    scheme: Any

    @property
    def name(self) -> str:
        """Return what its pictures are called."""
        return f"{self.width}.{self.language[:2]}.{self.scheme}"


EVERY = tuple(
    View(language, width, scheme)
    for language in LANGUAGES
    for width in WIDTHS
    for scheme in SCHEMES
)
# Half of them, which show every two of width, language and theme together.
HALF = tuple(
    view
    for view in EVERY
    if (view.language == "zh-CN") == ((view.width == 1280) == (view.scheme == "light"))
)
_CONSOLE, _CENTER = r"/ops/", r"/(?!ops/|api/|_allauth|oauth|sign-out|staff)"
# Where the links of nobody in particular, of a member and of an operator begin.
STARTS: dict[str, tuple[tuple[str, ...], str]] = {
    "staff": (("/ops/", "/ops/password_change/"), _CONSOLE),
    "member": (("/", "/_ui/", "/nothing-there", "/orders/nothing"), _CENTER),
    "fresh": (("/",), _CENTER),
    "nobody": (("/", "/sign-in", "/sign-in/password", "/api/v1/docs", "/ops/login/"), ""),
}
# Colors fade from one theme to the other: what is judged and drawn is where they arrive.
_STILL = """() => {
  if (!window.still) {
    window.still = new CSSStyleSheet();
    window.still.replaceSync("*, *::before, *::after { transition: none !important }");
    document.adoptedStyleSheets.push(window.still);
  }
}"""
_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_NOBODYS = r"/(sign-in|api/v1/docs|$)"
Kept = Callable[[Stop, View, Page], None]


@dataclass(slots=True)
class Walk:
    """What was found on the way: lines for a report."""

    lines: list[str] = field(default_factory=list)
    opened: int = 0

    def say(self, stop: Stop, view: str, check: str, words: str) -> None:
        self.lines.append(f"{check}\t{stop.who}\t{stop.path}\t{view}\t{words}")


def find_stops(contexts: dict[str, BrowserContext]) -> list[Stop]:
    """Return every page that somebody of `contexts` gets to by links."""
    stops = []
    for who, context in contexts.items():
        starts, within = STARTS[who]
        stops += crawl(who=who, starts=starts, within=within or _NOBODYS, get=_getter(context))
    return stops


def _getter(context: BrowserContext) -> Callable[[str], tuple[int, str]]:
    def get(path: str) -> tuple[int, str]:
        answer = context.request.get(path, max_redirects=3, headers={"accept": "text/html"})
        page = answer.text() if "text/html" in answer.headers.get("content-type", "") else ""
        answer.dispose()
        # A page that is not there is a page, too.
        return (200 if "nothing" in path else answer.status), page

    return get


def walk(
    browser: Browser,
    site: str,
    stops: Iterable[Stop],
    cookies: dict[str, Any],
    *,
    views: Iterable[View] = EVERY,
    keep: Kept | None = None,
) -> Walk:
    """Open `stops` one after the other in all views; return what was found."""
    told = Walk()
    chosen = list(stops)
    for language in LANGUAGES:
        mine = [view for view in views if view.language == language]
        for who in dict.fromkeys(stop.who for stop in chosen) if mine else ():
            with _window(browser, site, language, cookies.get(who)) as (page, complaints):
                for stop in (one for one in chosen if one.who == who):
                    complaints.clear()
                    _visit(page, stop, mine, keep, told)
                    for words in dict.fromkeys(complaints):
                        told.say(stop, language, "complaint", words)
    return told


def _visit(page: Page, stop: Stop, views: list[View], keep: Kept | None, told: Walk) -> None:
    told.opened += 1
    try:
        page.goto(stop.path, wait_until="load")
        for view in views:
            _look(page, stop, view, keep, told)
    except Error as error:
        told.say(stop, "", "not opened", str(error).splitlines()[0])


def _look(page: Page, stop: Stop, view: View, keep: Kept | None, told: Walk) -> None:
    narrow = view.width < 900
    page.set_viewport_size({"width": view.width, "height": 844 if narrow else 800})
    page.emulate_media(color_scheme=view.scheme, reduced_motion="reduce")
    page.evaluate(_STILL)
    # The console's theme reads the wish of the browser when a page opens.
    page.evaluate(
        "dark => location.pathname.startsWith('/ops/')"
        " && document.documentElement.classList.toggle('dark', dark)",
        view.scheme == "dark",
    )
    page.evaluate(_FRAME)
    if keep:
        keep(stop, view, page)
    member = not stop.path.startswith(("/ops/", "/api/"))
    for one in judging.judge(page, language=view.language, narrow=narrow, member=member):
        told.say(stop, view.name, one.check, one.words)


@contextmanager
def _window(
    browser: Browser, site: str, language: str, cookies: Any
) -> Iterator[tuple[Page, list[str]]]:
    context = browser.new_context(base_url=site, locale=language, reduced_motion="reduce")
    if cookies:
        context.add_cookies([one for one in cookies if not re.search("language", one["name"])])
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page, complaints
    context.close()


def keeper(folder: Path) -> Kept:
    """Return what keeps a picture of the whole page in `folder`."""

    def keep(stop: Stop, view: View, page: Page) -> None:
        name = f"{stop.name[:120]}.{view.name}.jpg"
        page.screenshot(path=folder / name, type="jpeg", quality=75, full_page=True)

    return keep
