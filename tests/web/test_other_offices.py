"""Nobody reaches another office: not by an address, a form's field, a list's filter, a ticked row or a search.

A second office owns a copy of everything (`tests.planted`), and every address and form that the first office's people
are shown is tried with the copies' ids.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection, transaction
from django.test import Client

from sapar.demo.office import DemoOffice
from tests.cast import signed_in
from tests.planted import MARK, SHIFT, crossings, plant_twin
from tests.web.test_crawl import crawl

pytestmark = pytest.mark.slow
WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE)\b(?!.*(django_session|accounts_sending|last_used_at))", re.I | re.S
)


@dataclass(frozen=True)
class Form:
    """A form as a page shows it: where it goes to, and what it would send untouched."""

    page: str
    action: str
    method: str
    fields: tuple[tuple[str, tuple[str, ...]], ...]
    offered: tuple[tuple[str, tuple[str, ...]], ...]


@pytest.fixture
def twin(demo: DemoOffice) -> DemoOffice:
    plant_twin(demo.office)
    return demo


def client_of(demo: DemoOffice, who: str) -> Client:
    return signed_in(demo.administrator if who == "administrator" else demo.users[who])


def shifted(text: str) -> str:
    return str(int(text) + SHIFT)


def foreign(path: str) -> list[str]:
    """The address with another office's ids: with all of them, and with each one alone."""
    numbers = list(re.finditer(r"(?<=/)\d+(?=[/.])", path))
    found = [re.sub(r"(?<=/)\d+(?=[/.])", lambda number: shifted(number[0]), path)]
    if len(numbers) > 1:
        found += [path[: one.start()] + shifted(one[0]) + path[one.end() :] for one in numbers]
    return found


def kind_of(path: str) -> str:
    return re.sub(r"/\d+", "/#", path)


def forms_of(page: str, answer: Any) -> Iterator[Form]:
    for form in BeautifulSoup(answer.content, "html.parser").select("form"):
        offered: dict[str, tuple[str, ...]] = {}
        fields: dict[str, tuple[str, ...]] = {}
        for field in form.select("input[name], select[name], textarea[name], button[name]"):
            values, choices = _values(field)
            name = str(field["name"])
            fields[name] = fields.get(name, ()) + values
            offered[name] = offered.get(name, ()) + choices
        action = str(form.get("action") or page).split("?")[0] or page
        method = str(form.get("method") or "get").lower()
        yield Form(page, action, method, tuple(fields.items()), tuple(offered.items()))
        for button in form.select("button[formaction]"):
            yield Form(page, str(button["formaction"]), "post", tuple(fields.items()), tuple(offered.items()))


def _values(field: Tag) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is sent, and what could be chosen."""
    if field.name == "select":
        options = [str(option.get("value", option.text)) for option in field.select("option")]
        chosen = [str(option.get("value", option.text)) for option in field.select("option[selected]")]
        return tuple(chosen or [one for one in options if one][:1]), tuple(options)
    if field.name == "textarea":
        return (field.text or "some words",), ()
    value = str(field.get("value", ""))
    if field.get("type") in ("checkbox", "radio"):
        return ((value,) if field.has_attr("checked") else ()), (value,)
    if field.get("type") in ("submit", "file") or field.name == "button":
        return (), (value,)
    return (value,), (value,)


def is_key(text: str) -> bool:
    return text.isdigit() and 0 < int(text) < SHIFT


class Watch:
    """Whether anything but the session was written."""

    def __init__(self) -> None:
        self.wrote = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.wrote = self.wrote or bool(WRITES.match(sql))
        return execute(sql, params, many, context)


def tried(
    client: Client, method: str, path: str, data: dict[str, Any] | None = None
) -> tuple[Any, list[str]]:
    """The answer, and what crosses between offices after it; all of it is undone."""
    watch = Watch()
    with transaction.atomic():
        with connection.execute_wrapper(watch):
            answer = client.post(path, data or {}) if method == "post" else client.get(path, data or {})
            shown = b"".join(answer) if answer.streaming else answer.content
        found = list(crossings()) if watch.wrote else []
        if MARK.encode() in shown:
            found.append("the mark is shown")
        transaction.set_rollback(True)
    return answer, found


def one_of_each_kind(paths: list[str]) -> list[str]:
    kinds: dict[str, str] = {}
    for path in paths:
        kinds.setdefault(kind_of(path), path)
    return list(kinds.values())


@pytest.mark.parametrize("who", ["aigul", "reviewer"])
def test_addresses_with_ids_of_another_office_lead_nowhere(twin: DemoOffice, who: str) -> None:
    pages = crawl(client_of(twin, "aigul"), f"/o/{twin.office.slug}/")
    client, wrong = client_of(twin, who), []
    paths = {path for path in pages if re.search(r"/\d", path)}
    for page in one_of_each_kind(list(pages)):
        paths |= {form.action for form in forms_of(page, client_of(twin, "aigul").get(page))}
    assert len(paths) > 40
    for path in one_of_each_kind(sorted(path for path in paths if re.search(r"/\d", path))):
        for address in foreign(path):
            for method in ("get", "post"):
                answer, found = tried(client, method, address)
                # 403 where the role may not do this to any record: it says nothing of this one.
                if answer.status_code not in (403, 404, 405) or found:
                    wrong.append((method, address, answer.status_code, found))
    assert wrong == []


@pytest.mark.parametrize("who", ["aigul", "dean", "reviewer"])
def test_forms_take_no_ids_of_another_office(twin: DemoOffice, who: str) -> None:
    client, wrong, tries = client_of(twin, who), [], 0
    pages = crawl(client, f"/o/{twin.office.slug}/")
    forms = {
        (kind_of(form.page), kind_of(form.action), tuple(name for name, _ in form.fields)): form
        for page in one_of_each_kind(list(pages))
        for form in forms_of(page, client.get(page))
        if form.action.startswith("/o/")
    }
    for form in forms.values():
        sent = dict(form.fields)
        for name, offered in form.offered:
            keys = [text for text in (*sent.get(name, ()), *offered) if is_key(text)]
            for key in dict.fromkeys(keys[:2]):
                data = {**sent, name: [shifted(key)]}
                answer, found = tried(client, form.method, form.action, data)
                tries += 1
                if answer.status_code >= 500 or found:
                    wrong.append((form.method, form.action, name, key, answer.status_code, found))
    assert wrong == []
    assert tries > 5 or who == "reviewer"


@pytest.mark.parametrize("who", ["reviewer"])
def test_lists_searches_and_exports_show_nothing_of_another_office(twin: DemoOffice, who: str) -> None:
    client, wrong = client_of(twin, who), []
    for page in one_of_each_kind(list(crawl(client, f"/o/{twin.office.slug}/"))):
        for query in ({}, {"q": MARK.lower()}, {"q": "demo"}, {"export": "csv"}, {"panel": "filter"}):
            answer, found = tried(client, "get", page, query)
            if answer.status_code >= 500 or found:
                wrong.append((page, query, answer.status_code, found))
    assert wrong == []
