"""Every page of the platform, found by following links as each person of the demo, and looked at in a browser."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.e2e.conftest import PHONE, WIDE, violations

if TYPE_CHECKING:
    from django.test import Client

# So many pages of one name are read for their links; fewer where somebody else has led to that name before.
SAME_KIND, KNOWN_KIND = 14, 2
# Two thousand pages are read for their links; a parser of the whole page takes longer than making it.
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]+)"')
LARGEST_BYTES = 150_000
MOST_NODES = 1_500
# What a person is shown differs by role on these pages.
ROLES_DIFFER = frozenset({"home:desk", "partners:agreement", "exchanges:exchange", "calls:application"})
COUNT_NODES = "document.querySelectorAll('*').length"
# A small phone, a desk at 200 %, a tablet, a small notebook; looked at in the language with the longest words.
BETWEEN = (320, 640, 820, 1024)
LONGEST_WORDS = "ru"
# The title and what stands beside it, by what is drawn and not by their boxes.
HEAD_COVERED = """() => {
    const title = document.querySelector('.head-text :is(h1, h2)'), beside = document.querySelector('.head-actions');
    if (!title || !beside) return false;
    const words = document.createRange();
    words.selectNodeContents(title);
    const [a, b] = [words.getBoundingClientRect(), beside.getBoundingClientRect()];
    return b.width > 0 && a.right > b.left + 1 && a.left < b.right && a.bottom > b.top + 1 && a.top < b.bottom - 1;
}"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass(frozen=True)
class Found:
    """A page that somebody reached: its name in the address book, the address, who, and how long it is."""

    name: str
    path: str
    who: str
    length: int

    @property
    def title(self) -> str:
        """The name of its pictures."""
        words = f"{self.name}-{self.who}" if self.name in ROLES_DIFFER else self.name
        return re.sub(r"[^\w-]+", "-", words)


def walk(client: Client, who: str, starts: Iterable[str], known: Container[str]) -> Iterator[Found]:
    """Pages reached by links, breadth first; of pages of one name only the first few, of `known` names fewer."""
    waiting, seen, kinds = deque(starts), set[str](), dict[str, int]()
    while waiting:
        path = waiting.popleft()
        try:
            name = resolve(path).view_name
        except Resolver404:
            continue
        most = KNOWN_KIND if name in known else SAME_KIND
        if path in seen or kinds.get(name, 0) >= most or name == "account_logout":
            continue
        seen.add(path)
        kinds[name] = kinds.get(name, 0) + 1
        answer = client.get(path)
        if answer.status_code == 302:
            target = urlsplit(answer["Location"])
            waiting.append(target.path if not target.netloc else path)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        yield Found(name, path, who, len(answer.content))
        for address in LINK.findall(answer.content.decode()):
            parts = urlsplit(unescape(address))
            if not parts.netloc and not parts.scheme and parts.path and not parts.query:
                waiting.append(parts.path)


def pages_of(people: Mapping[str, tuple[Client, Iterable[str]]]) -> list[Found]:
    """One page of each name, the fullest that anybody reached, for its first reader."""
    best: dict[str, Found] = {}
    for who, (client, starts) in people.items():
        mine: dict[str, Found] = {}
        known = {found.name for found in best.values()} - ROLES_DIFFER
        for found in walk(client, who, starts, known):
            if found.title not in mine or found.length > mine[found.title].length:
                mine[found.title] = found
        best |= {title: found for title, found in mine.items() if title not in best}
    return list(best.values())


@dataclass
class Viewer:
    """Looks at pages in both widths, by day and by night, and notes what is wrong with them."""

    page: Page
    folder: Path | None
    wrong: list[str]
    rules: bool = True

    def look(self, found: Found, language: str) -> None:
        here = f"{found.title} ({found.path}, {found.who}, {language})"
        page = self.page
        page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})
        page.emulate_media(color_scheme="light")
        answer = page.goto(found.path)
        if answer is None or answer.status >= 400:
            self.wrong.append(f"{here} answers {answer.status if answer else 'nothing'}")
            return
        spoken = page.locator("html").get_attribute("lang")
        if spoken != language:
            self.wrong.append(f"{here} speaks {spoken}")
        heavy = len(page.content()) > LARGEST_BYTES or page.evaluate(COUNT_NODES) > MOST_NODES
        if heavy:
            self.wrong.append(f"{here} has {len(page.content())} bytes, {page.evaluate(COUNT_NODES)} nodes")
        for width, size in (("1280", WIDE), ("390", PHONE)):
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            self._measure(here, width)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                self._keep(f"{found.title}-{width}-{scheme}-{language}")
                if self.rules and (width, scheme) in {("1280", "light"), ("390", "dark")}:
                    self._ask_axe(here)

        for between in BETWEEN if language == LONGEST_WORDS else ():
            page.set_viewport_size({"width": between, "height": WIDE["height"]})
            self._measure(here, str(between))

    def _measure(self, here: str, width: str) -> None:
        if (excess := self.page.evaluate(TOO_WIDE)) > 0:
            self.wrong.append(f"{here} is {excess} px wider than {width} px")
        if self.page.evaluate(HEAD_COVERED):
            self.wrong.append(f"{here} has a title under its buttons at {width} px")

    def _ask_axe(self, here: str) -> None:
        for each in violations(self.page).response["violations"]:
            where = "; ".join(str(node["target"]) for node in each["nodes"][:3])
            self.wrong.append(f"{here}: {each['id']} {where}")

    def _keep(self, name: str) -> None:
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self.folder / f"{name}.png", full_page=True)
