"""Who reads a sensitive field is on record: there is no door that shows one without."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

import sapar
from sapar.accounts.services import make_token
from sapar.audit.models import Entry
from sapar.config.encryption import encrypted_fields
from sapar.core.errors import NotAllowed
from sapar.directory.models import Person
from sapar.directory.services.people import read_passport_number
from tests.cast import NOW, Cast, signed_in
from tests.story import student
from tests.web.test_crawl import crawl

SOURCES = Path(sapar.__file__).parent
NUMBER = "AN7654321"

# Encrypted column → the functions that may read it. A new column needs a line here, and a person who thinks about it.
READERS: dict[str, set[str]] = {
    "accounts.sending.answer_text": {
        "accounts/sendings.py:_keep",  # writes
        "accounts/sendings.py:_said_before",  # says to the same sender what was said before
    },
    "directory.person.passport_number": {
        "directory/services/people.py:read_passport_number",  # records the read
        "directory/services/people.py:_fill",  # writes
        "directory/pages/person.py:person_page",  # whether there is one
        "directory/forms.py:__init__",  # whether there is one
        "directory/forms.py:entry",  # hands on what is kept
        "mobility/services/erasures.py:_hide",  # empties
    },
    "interop.webhook.secret": {
        "interop/tasks.py:send",  # signs; no person sees it again after it was made
    },
}


def reads_of(name: str) -> set[str]:
    """Functions that name the attribute."""
    found = set()
    for path in SOURCES.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Attribute) and node.attr == name:
                        where = path.relative_to(SOURCES).as_posix().removeprefix("web/")
                        found.add(f"{where}:{function.name}")
    return found


def test_every_encrypted_column_has_its_readers_named() -> None:
    assert {f"{model._meta.label_lower}.{field.name}" for model, field in encrypted_fields()} == set(READERS)


@pytest.mark.parametrize("column", READERS)
def test_nothing_else_reads_an_encrypted_column(column: str) -> None:
    name = column.rpartition(".")[2]
    # `entry.passport_number` and the like are what somebody is writing; they stand in the same functions.
    assert reads_of(name) - READERS[column] <= {
        "accounts/authenticator_apps.py:clean_code",  # just made, in the own session
        "directory/pages/person.py:_passport",
        "mobility/services/exchanges.py:_person",
    }


@pytest.fixture
def person(cast: Cast) -> Person:
    found = student(cast, "Best", "3.9").person
    found.passport_number = NUMBER
    found.save()
    return found


def test_number_is_shown_on_asking_and_the_asking_is_on_record(cast: Cast, person: Person) -> None:
    client = signed_in(cast.officer)
    before = Entry.objects.count()
    shown = client.post(f"/o/alatoo/people/{person.pk}/passport/")
    assert NUMBER in shown.content.decode()
    entry = Entry.objects.latest("position")
    assert (Entry.objects.count(), entry.action, entry.actor) == (
        before + 1,
        "directory.person.passport_read",
        "Aigul",
    )
    assert NUMBER not in str(entry.data)


def test_refused_reading_leaves_no_number_and_no_entry(cast: Cast, person: Person) -> None:
    for who in (cast.reader, cast.lawyer, cast.rector, cast.nobody, cast.other_officer):
        before = Entry.objects.count()
        with pytest.raises(NotAllowed):
            read_passport_number(person, by=who, at=NOW)
        assert Entry.objects.count() == before


@pytest.mark.slow
def test_no_page_export_or_answer_of_the_api_shows_the_number_by_the_way(cast: Cast, person: Person) -> None:
    client = signed_in(cast.administrator)
    pages = crawl(client, "/o/alatoo/")
    pages |= crawl(client, f"/o/alatoo/people/{person.pk}/")
    assert f"/o/alatoo/people/{person.pk}/" in pages
    assert len(pages) > 25
    for path in pages:
        assert NUMBER.encode() not in client.get(path).content, path
        for kind in ("csv", "xlsx"):
            assert NUMBER.encode() not in client.get(path, {"export": kind}).content, path
    form = BeautifulSoup(client.get(f"/o/alatoo/people/{person.pk}/change/").content, "html.parser")
    assert NUMBER not in str(form)
    _token, key = make_token(
        cast.administrator, cast.office, name="All", scopes=["read", "report"], days=9,
        by=cast.administrator, at=timezone.now(),
    )  # fmt: skip
    machine = Client(headers={"authorization": f"Bearer {key}"})
    for path in ("partnerships", "agreements", "calls", "exchanges", "reports"):
        answer = machine.get(f"/api/v1/{path}")
        assert answer.status_code == 200, (path, answer.content)
        assert NUMBER.encode() not in answer.content
    assert not Entry.objects.filter(action="directory.person.passport_read").exists()
