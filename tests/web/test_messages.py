"""The catalogs: nothing doubtful, no lost gap, and the words arrive on the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.test import Client
from django.utils import translation
from django.utils.translation.template import templatize
from tools import messages

from sapar.mobility.errors import PlaceTaken


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_translation_is_doubtful_or_has_lost_a_gap(language: str) -> None:
    for message in messages.load(language):
        if not message.id:
            continue
        assert not message.fuzzy
        if all(messages.texts(message)[1]):
            assert list(messages._gap_faults(language, message)) == []


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "Войти"), ("ky", "Кирүү"), ("kk", "Кіру"), ("uz", "Kirish")]
)
def test_page_speaks_the_language(db: None, language: str, words: str) -> None:
    client = Client()
    client.cookies["sapar_language"] = language
    page = client.get("/accounts/login/").content.decode()
    assert f"<h1>{words}</h1>" in page
    assert f'<html lang="{language}">' in page


def test_library_sentences_are_spoken_in_kazakh() -> None:
    with translation.override("kk"):
        assert translation.gettext("Incorrect code.") == "Код дұрыс емес."


@pytest.mark.parametrize(
    ("original", "translation_", "wrong"),
    [
        ("%(count)s rows", "%(count)s строк", False),
        ("%(count)s rows", "%(cuont)s строк", True),
        ("%(count)s rows", "строки", True),
        ("Key nr. {number}", "{nomer}", True),
        ("in %s", "в %s", False),
        ("in %s", "в", True),
        ("100 % sure", "на 100 %", False),
    ],
)
def test_lost_gap_is_found(original: str, translation_: str, wrong: bool) -> None:
    assert bool(list(messages._gap_faults("ru", Message(original, translation_)))) is wrong


def test_strings_of_templates_and_python_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    page = tmp_path / "page.html"
    source = '{% translate "One" %}\n  {% blocktranslate count n=n %}a{% plural %}b{% endblocktranslate %}'
    page.write_text(source)
    catalog = Catalog()
    lines = templatize(source, origin="page").splitlines()
    messages._read(catalog, page, "\n".join(line.lstrip() for line in lines))
    messages._read(catalog, page, 'x = pgettext("month", "May")\ny = _("Two")\n')
    assert [(message.id, message.context) for message in catalog if message.id] == [
        ("One", None),
        (("a", "b"), None),
        ("May", "month"),
        ("Two", None),
    ]


# Their numbers are limits far beyond one, or no count of the word behind them.
NO_COUNT = (
    "At most %(most)s rows and",
    "Decide %(count)s as suggested",
    "Everybody for whom something changes",
    "it has %(rows)s rows;",
    "it has more than %(most)s rows.",
)
COUNTED = re.compile(
    r"%\((count|seats|places|free|left|rows|most|days|people|n|done)\)s (more |new |other |of )?[a-z]+s\b"
)


def test_sentence_that_counts_has_a_form_for_one() -> None:
    catalog = messages.load("ru")
    single = [message.id for message in catalog if isinstance(message.id, str) and COUNTED.search(message.id)]
    assert [words for words in single if not words.startswith(NO_COUNT)] == []


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [("en", 1, "1 more place in"), ("en", 2, "2 more places in"), ("ru", 2, "ещё только 2 места"),
     ("ru", 5, "ещё только 5 мест"), ("ru", 21, "ещё только 21 место"), ("uz", 1, "1 ")],
)  # fmt: skip
def test_refusal_that_counts_is_said_in_the_form_of_its_number(language: str, count: int, words: str) -> None:
    with translation.override(language):
        assert words in str(PlaceTaken(host="Ankara", free=count, year="2026/27"))
