"""A form that comes twice is taken once: every form that a page shows, tried on the story of a whole year."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from sapar.accounts.models import Sending
from sapar.accounts.services import make_link
from sapar.accounts.states import LinkPurpose
from sapar.demo.office import DemoOffice
from sapar.mobility.models import Application, Exchange
from sapar.partners.models import Agreement
from tests.cast import signed_in

ROOT = Path(__file__).parents[2]
# Records whose pages have other forms in each state.
MANY_STATES = {
    "calls:application",
    "calls:call",
    "exchanges:exchange",
    "exchanges:version",
    "partners:agreement",
}
# The only role that may be given together with a faculty.
CHOSEN = {"role": "coordinator"}
TYPED = {
    "email": "new.one@example.org",
    "to": "new.one@example.org",
    "url": "https://example.org/",
    "website": "https://example.org/",
    "country_code": "TR",
    "local_language": "ky",
}


@dataclass
class Form:
    """A form of a page as a browser would send it, its empty fields filled in."""

    page: str
    target: str
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The page that takes it, and the button."""
        name = resolve(urlsplit(self.target).path).view_name
        return f"{name} {self.data.get('do', '')}".strip()


def forms_on(html: bytes, page: str) -> Iterator[Form]:
    for drawn in BeautifulSoup(html, "lxml").select("main form[method=post], dialog form[method=post]"):
        base = Form(page, urljoin(page, str(drawn.get("action") or page)), filled(drawn))
        buttons = [button for button in drawn.select("button[name]") if button.get("name")]
        yield base
        for button in buttons:
            sent = {**base.data, str(button["name"]): str(button.get("value", ""))}
            yield Form(page, urljoin(page, str(button.get("formaction") or base.target)), sent)


def filled(form: Tag) -> dict[str, Any]:
    """What is there as it is; what is empty with something that fits its kind."""
    sent: dict[str, Any] = {}
    for one in form.select("input[name], select[name], textarea[name]"):
        name, kind = str(one["name"]), str(one.get("type", "text"))
        if kind in ("radio", "checkbox"):
            if kind == "radio" and (name not in sent or one.has_attr("checked")):
                sent[name] = str(one.get("value", "on"))
            if kind == "checkbox":
                sent.setdefault(name, []).append(str(one.get("value", "on")))
        elif kind == "file":
            sent[name] = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
        elif one.name == "select":
            chosen = one.select_one("option[selected][value]:not([value=''])")
            fitting = one.select_one(f"option[value='{CHOSEN.get(name, '')}']:not([value=''])")
            first = chosen or fitting or one.select_one("option[value]:not([value=''])")
            sent[name] = str(first["value"]) if first else ""
        elif one.name == "textarea":
            sent[name] = one.text.removeprefix("\n") or "A sentence of a demo."
        else:
            sent[name] = str(one.get("value") or "") or typed(name, one)
    return sent


def typed(name: str, one: Tag) -> str:
    mode, bare = str(one.get("inputmode", "")), name.rsplit("-", 1)[-1]
    if bare in TYPED:
        return TYPED[bare]
    if one.get("maxlength") == "10" or re.search(r"(_on|day|since|_from|_to)$", bare):
        return "02.11.2026"
    if mode in ("numeric", "decimal"):
        return "3"
    return "" if one.get("type") == "hidden" else "Demo words"


class Made:
    """Counts the rows that are made in a table of ours, notes of sendings left out."""

    def __init__(self) -> None:
        self.tables: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        found = re.match(r'INSERT INTO "(\w+)"', sql)
        if found and found[1] not in ("accounts_sending", "django_session"):
            self.tables.append(found[1])
        return execute(sql, params, many, context)


def send(client: Client, form: Form) -> tuple[Any, list[str]]:
    """The answer, and the tables in which it made rows."""
    for value in form.data.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    made = Made()
    with connection.execute_wrapper(made):
        answer = client.post(form.target, form.data, headers={"referer": f"http://testserver{form.page}"})
    return answer, made.tables


@dataclass
class Tried:
    """Kinds of forms that were taken, those that made rows, and what went wrong with the second sending."""

    taken: set[str] = field(default_factory=set)
    making: set[str] = field(default_factory=set)
    wrong: dict[str, str] = field(default_factory=dict)


def try_forms(client: Client, page: str, html: bytes, tried: Tried) -> None:
    """Each kind of form twice with its mark; then it is as if nothing was sent."""
    for form in forms_on(html, page):
        assert len(form.data.get("once", "")) == 22, page
        if form.kind not in tried.taken and not re.search(r"\d$", form.kind):
            undo = transaction.savepoint()
            try_form(client, form, tried)
            transaction.savepoint_rollback(undo)


def try_form(client: Client, form: Form, tried: Tried) -> None:
    first, made = send(client, form)
    if first.status_code >= 400 or not Sending.objects.exists():
        return
    tried.taken.add(form.kind)
    if made:
        tried.making.add(form.kind)
    second, more = send(client, form)
    answers = [(one.status_code, one.get("Location")) for one in (first, second)]
    if more or answers[0] != answers[1]:
        tried.wrong[form.kind] = f"{more} {answers}"


def walk(client: Client, starts: list[str], under: str, tried: Tried, most: int = 1) -> None:
    """Pages below `under` by their links, a few of each kind; the forms of each are tried."""
    waiting, seen, kinds = deque(starts), set(), Counter[str]()
    while waiting:
        page = waiting.popleft()
        kind = resolve(page).view_name if page.startswith(under) else ""
        if not kind or page in seen or kinds[kind] >= (most if kind in MANY_STATES else 1):
            continue
        kinds[kind] += 1
        seen.add(page)
        answer = client.get(page)
        if answer.has_header("Location"):
            waiting.append(urljoin(page, str(answer["Location"])))
        elif answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            anchors = BeautifulSoup(answer.content, "lxml").select("main a[href]")
            found = [urlsplit(urljoin(page, str(one["href"]))) for one in anchors]
            waiting += [one.path for one in found if not one.query and not one.netloc]
            try_forms(client, page, answer.content, tried)


def guest_pages(demo: DemoOffice) -> list[str]:
    """Pages behind signed links: applicant, student on a stay, partner."""
    subjects = {
        LinkPurpose.APPLY: Application.objects.order_by("state", "pk"),
        LinkPurpose.FOLLOW_STAY: Exchange.objects.filter(direction="out").order_by("-pk"),
        LinkPurpose.GIVE_TRANSCRIPT: Exchange.objects.filter(direction="out").order_by("-pk"),
        LinkPurpose.SIGN_LEARNING_AGREEMENT: Exchange.objects.filter(direction="out").order_by("-pk"),
        LinkPurpose.ANSWER_NOMINATION: Agreement.objects.order_by("pk"),
        LinkPurpose.ANSWER_AGREEMENT: Agreement.objects.order_by("pk"),
    }
    pages = []
    for purpose, found in subjects.items():
        states = {getattr(row, "state", ""): row for row in found}
        for row in states.values():
            _link, key = make_link(
                purpose, row.pk, office=demo.office, holder_name="A guest", at=demo.at(demo.today), days=9999
            )
            pages.append(f"/l/{key}/")
    return pages


def try_all(demo: DemoOffice) -> Tried:
    tried, office = Tried(), f"/o/{demo.office.slug}/"
    rooms = ("partners", "agreements", "calls", "applications", "stays", "people", "units", "reports", "visits",
             "letters", "imports", "studies", "organisations", "recognition/scales", "recognition/rules",
             "recognition/equivalences", "courses")  # fmt: skip
    walk(signed_in(demo.officer), [f"{office}{room}/" for room in rooms], office, tried, most=4)
    administrator = signed_in(demo.administrator)
    walk(administrator, [f"{office}settings/"], f"{office}settings/", tried)
    walk(Client(), guest_pages(demo), "/l/", tried)
    return tried


@pytest.mark.slow
def test_form_that_comes_twice_is_taken_once_whatever_it_makes(demo: DemoOffice) -> None:
    tried = try_all(demo)
    assert tried.wrong == {}
    assert len(tried.taken) >= 60
    assert {
        "calls:invite", "calls:message", "calls:refill", "calls:review", "directory:new_organisation",
        "directory:new_person", "directory:new_unit", "exchanges:add_file", "exchanges:link", "exchanges:message",
        "letters:new", "partners:add", "partners:add_obligation", "partners:draft_for", "partners:memo",
        "partners:new", "partners:new_contact", "partners:talk", "reporting:new", "settings:people",
        "settings:tokens", "visits:visitor",
    } <= tried.making  # fmt: skip


def views(patterns: list[URLPattern | URLResolver], above: str = "") -> Iterator[tuple[str, Any]]:
    for one in patterns:
        address = above + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from views(one.url_patterns, address)
        else:
            yield address, one.callback


# They show and take nothing, or take a choice that may be taken again.
WITHOUT_DOOR = {"", "language/", "style/", "style/work/", "theme/"}


def doors_of(view: Any) -> set[str]:
    """Names of the decorators of `web.access` around a view."""
    found = set()
    while view is not None:
        found.add(view.__code__.co_qualname.partition(".")[0])
        view = getattr(view, "__wrapped__", None)
    return found & {"office_view", "link_view", "open_view"}


def test_every_page_stands_below_a_door_where_a_form_is_taken_once() -> None:
    others = ("api/", "accounts/")  # the API has its own way; signing in makes nothing
    ours = {
        address: view
        for address, view in views(get_resolver().url_patterns)
        if not address.startswith(others)
    }
    assert {address for address, view in ours.items() if not doors_of(view)} == WITHOUT_DOOR


def test_every_form_of_a_template_brings_its_mark() -> None:
    for path in (ROOT / "src" / "sapar" / "web" / "templates").rglob("*.html"):
        for form in re.findall(r"<form\b.*?</form>", path.read_text(encoding="utf-8"), re.DOTALL):
            if 'method="post"' in form:
                assert "{% csrf_token %}" in form, path.name
