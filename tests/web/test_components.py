"""Components as text: what a value, a button, a form says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.template import Context, Template
from django.utils import translation

from sapar.audit.models import Entry
from sapar.core.errors import BadInput, NotAllowed
from sapar.web import components as c
from sapar.web.drawing import SHAPES, cell
from sapar.web.forms import DateField, DecimalNumber, SaparForm, Section, WholeNumber
from sapar.web.icons import UnknownIcon, strokes
from sapar.web.moments import moments
from sapar.web.numbers import grouped, span
from sapar.web.refusals import refusals_to


def drawn(source: str, **values: object) -> str:
    return Template("{% load sapar %}" + source).render(Context(values))


def text_of(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ("", "–"),
        (0, "0"),
        (1234567, "1\u202f234\u202f567"),
        (Decimal("3.50"), "3.5"),
        (True, "yes"),
        (date(2027, 3, 5), "05.03.2027"),
        (datetime(2027, 3, 5, 8, 30, tzinfo=UTC), "05.03.2027 14:30"),
        (c.State("signed", "done"), "signed"),
        (c.Figure(12480, "/x/"), "12\u202f480"),
        (c.Figure(None), "–"),
        ([c.Link("a", "/a/"), c.Link("b", "/b/")], "a, b"),
        ([], "–"),
    ],
)
def test_cell_writes_any_value(value: c.Cell, text: str) -> None:
    assert BeautifulSoup(str(cell(value)), "html.parser").get_text().strip() == text


def test_cell_never_lets_markup_through() -> None:
    assert drawn("{% cell v %}", v="<script>") == "&lt;script&gt;"
    assert "<script>" not in drawn("{% cell v %}", v=c.Link("<script>", '"><script>'))


@pytest.mark.parametrize("tone", sorted(SHAPES))
def test_state_is_word_and_shape(tone: str) -> None:
    html = drawn("{% state s %}", s=c.State("word", tone))  # type: ignore[arg-type]
    assert "<svg" in html
    assert text_of(html) == "word"


def test_action_that_changes_something_is_a_form_with_token() -> None:
    html = Template("{% load sapar %}{% action a %}").render(
        Context({"a": c.Action("Sign", "/sign/", post=True, fields={"version": "3"}), "csrf_token": "secret"})
    )
    page = BeautifulSoup(html, "html.parser")
    assert page.form is not None
    assert page.form["method"] == "post"
    sent = {field["name"]: field["value"] for field in page.find_all("input")}
    once = sent.pop("once")
    assert (sent, len(str(once))) == ({"csrfmiddlewaretoken": "secret", "version": "3"}, 22)


def test_action_that_asks_needs_a_second_click() -> None:
    html = drawn("{% action a %}", a=c.Action("Delete", "/x/", post=True, danger=True, asks="Really gone."))
    page = BeautifulSoup(html, "html.parser")
    assert page.details is not None
    assert "open" not in page.details.attrs
    assert page.details.form is not None


def test_icon_with_label_is_read_and_without_is_silent() -> None:
    assert 'aria-label="away"' in drawn('{% icon "plane" "away" %}')
    assert 'aria-hidden="true"' in drawn('{% icon "plane" %}')
    with pytest.raises(UnknownIcon):
        strokes("no-such-icon")


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2027, 3, 5), date(2027, 3, 9), "5–9 March 2027"),
        (date(2027, 3, 5), date(2027, 3, 5), "5 March 2027"),
        (date(2027, 3, 28), date(2027, 4, 2), "28 March – 2 April 2027"),
        (date(2026, 12, 28), date(2027, 1, 2), "28 December 2026 – 2 January 2027"),
    ],
)
def test_span_says_what_both_ends_share_once(first: date, last: date, text: str) -> None:
    assert span(first, last) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "5–9 марта 2027 г."),
        ("ky", "2027-ж., 5–9-март"),
        ("kk", "2027 ж. 5–9 наурыз"),
        ("uz", "5–9-mart, 2027"),
    ],
)
def test_span_is_written_in_each_language(language: str, text: str) -> None:
    with translation.override(language):
        assert " ".join(span(date(2027, 3, 5), date(2027, 3, 9)).split()) == text


def test_numbers_follow_the_language() -> None:
    assert grouped(1234.5) == "1\u202f234.5"
    assert grouped(4.75, 1) == "4.8"
    with translation.override("ru"):
        assert grouped(1234.5) == "1\u202f234,5"


def test_work_asks_again_only_while_it_runs() -> None:
    running = c.Work("Matching", 1, 4, poll_url="/poll/")
    assert running.percent == 25
    assert 'hx-get="/poll/"' in drawn("{% work w %}", w=running)
    done = c.Work("Matching", 4, 4, poll_url="/poll/", finished=True)
    assert "hx-get" not in drawn("{% work w %}", w=done)


class Sample(SaparForm):
    sections = (Section("First", ("title",)),)
    title = forms.CharField(label="Title", help_text="As printed.")
    starts_on = DateField(label="From")
    places = WholeNumber(label="Places", unit="students")
    grade = DecimalNumber(label="Grade", required=False)


def test_form_has_label_help_error_and_unit_where_they_belong() -> None:
    page = BeautifulSoup(
        drawn("{% form_fields f %}", f=Sample({"title": "", "starts_on": "31.02.2027", "places": "x"})),
        "html.parser",
    )
    summary = page.select_one(".summary")
    assert summary is not None
    assert [link["href"] for link in summary.find_all("a")] == ["#id_title", "#id_starts_on", "#id_places"]
    title = page.find("input", {"name": "title"})
    assert title is not None
    assert title["aria-invalid"] == "true"
    assert set(str(title["aria-describedby"]).split()) == {"id_title_helptext", "id_title_error"}
    assert {"id_title_helptext", "id_title_error"} <= {str(tag["id"]) for tag in page.find_all("p", id=True)}
    assert "Write the date like 05.03.2027." in page.get_text()
    assert [unit.get_text() for unit in page.select(".with-unit > span")] == ["dd.mm.yyyy", "students"]
    assert [legend.get_text() for legend in page.find_all("legend")] == ["First"]


def test_form_reads_dates_and_numbers_as_offices_write_them() -> None:
    form = Sample({"title": "A", "starts_on": "05.03.2027", "places": "12", "grade": "3,75"})
    assert form.is_valid()
    assert form.cleaned_data == {
        "title": "A",
        "starts_on": date(2027, 3, 5),
        "places": 12,
        "grade": Decimal("3.75"),
    }


def test_refusal_stands_beside_its_field_and_keeps_what_was_typed() -> None:
    form = Sample({"title": "A", "starts_on": "05.03.2027", "places": "12"})
    assert form.is_valid()
    with refusals_to(form):
        raise BadInput(field="places", reason="The partner offers 10.")
    assert form.errors == {"places": ["The partner offers 10."]}
    assert form["title"].value() == "A"
    with pytest.raises(NotAllowed), refusals_to(form):
        raise NotAllowed


def test_moments_tell_words_changes_and_reason() -> None:
    at = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
    entry = Entry(
        at=at, actor="Aigul", action="x.changed", data={"changes": {"places": [10, 12]}, "reason": "asked"}
    )
    unknown = Entry(at=at, actor="Aigul", action="x.other", data={})
    told = moments([entry, unknown], {"x.changed": "changed the places"}, {"places": "Places"})
    assert told == [
        c.Moment(at, "Aigul", "changed the places", [c.Change("Places", "10", "12")], "asked"),
        c.Moment(at, "Aigul", "x.other", []),
    ]
    assert "changed the places" in text_of(drawn("{% timeline m %}", m=told))


def test_a_decimal_is_offered_and_taken_with_the_sign_of_the_language() -> None:
    field = DecimalNumber()
    with translation.override("ru"):
        assert field.prepare_value("3.50") == "3,50"
        assert field.prepare_value("3.5 or so") == "3.5 or so"
        assert field.clean("3,50") == Decimal("3.50")
    assert field.prepare_value(Decimal("2.67")) == "2.67"
