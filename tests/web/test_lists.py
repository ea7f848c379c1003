"""The list framework on a list of real rows: the activity log."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from pytest_django import DjangoAssertNumQueries

from sapar.accounts.models import Office, SavedView
from sapar.audit.models import Entry
from sapar.audit.services import record
from sapar.formats.tables import read_table
from sapar.web import downloads
from sapar.web.tables import Choice, Dates, Flag, Words
from sapar.web.tables import export as exports
from sapar.web.tables import page as pages
from sapar.web.tables.filters import search
from tests.cast import NOW, Cast, signed_in
from tests.story import apply, open_call_with, partner_in_force, student

LOG = "/o/alatoo/settings/trail/"
OFFICE = Office(slug="alatoo")


def write(cast: Cast, count: int, action: str = "partners.agreement.signed") -> None:
    people = (cast.officer, cast.rector, cast.lawyer)
    for n in range(count):
        record(action, subject=cast.office, by=people[n % 3], at=NOW + timedelta(days=n), places=n)


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_the_same_questions_however_many_rows(
    cast: Cast, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    write(cast, rows)
    client = signed_in(cast.administrator)
    # session, user, roles with their offices; count, rows, saved views
    with django_assert_num_queries(6):
        assert client.get(LOG).content.decode().count('<tr role="row">') == rows + 1


def test_empty_list_says_why(cast: Cast) -> None:
    assert "Nothing has happened yet" in signed_in(cast.administrator).get(LOG).content.decode()


def test_list_without_a_match_offers_the_whole(cast: Cast) -> None:
    write(cast, 1)
    page = signed_in(cast.administrator).get(LOG + "?q=nobody-like-this").content.decode()
    assert "Nothing matches." in page
    assert "Nothing has happened yet" not in page


def test_list_of_one_office_shows_nothing_of_another(cast: Cast) -> None:
    record("partners.agreement.leaked", subject=cast.other_office, by=cast.other_officer, at=NOW)
    write(cast, 1)
    client = signed_in(cast.administrator)
    assert "leaked" not in client.get(LOG).content.decode()
    assert "leaked" not in client.get(LOG + "?export=csv").content.decode("utf-8-sig")


def shown(cast: Cast, query: str) -> list[str]:
    answer = signed_in(cast.administrator).get(f"{LOG}?{query}")
    return [row.cells[1].value for row in answer.context["list"].rows]


def test_list_is_sorted_both_ways_and_ignores_what_it_does_not_know(cast: Cast) -> None:
    write(cast, 3)
    assert shown(cast, "order=who") == ["Aigul", "Elmira", "Farhod"]
    assert shown(cast, "order=-who") == ["Farhod", "Elmira", "Aigul"]
    assert shown(cast, "order=office__slug") == ["Farhod", "Elmira", "Aigul"]
    assert shown(cast, "order=-who&page=99999&page=x&columns=nothing") == ["Farhod", "Elmira", "Aigul"]


def test_list_is_narrowed_by_days_both_included(cast: Cast) -> None:
    write(cast, 3)
    assert shown(cast, "on_from=06.10.2026&on_to=06.10.2026") == ["Elmira"]
    assert shown(cast, "on_from=2026-10-06") == ["Farhod", "Elmira"]
    assert shown(cast, "on_to=05.10.2026") == ["Aigul"]
    assert len(shown(cast, "on_from=31.02.2026")) == 3


def test_chip_leads_to_the_list_without_it(cast: Cast) -> None:
    write(cast, 1)
    answer = signed_in(cast.administrator).get(LOG + "?on_from=01.10.2026&action=signed&order=who&page=1")
    chips = {chip.text: chip.without for chip in answer.context["list"].chips}
    assert chips == {
        "acts from 01.10.2026": f"{LOG}?action=signed&order=who",
        "“signed”": f"{LOG}?on_from=01.10.2026&order=who",
    }
    assert answer.context["list"].sentence == "acts from 01.10.2026 · “signed”"


def test_columns_are_chosen_and_the_first_stays(cast: Cast) -> None:
    write(cast, 1)
    answer = signed_in(cast.administrator).get(LOG + "?columns=data")
    assert [cell.key for cell in answer.context["list"].header] == ["at", "data"]


def test_pages_turn_and_end(cast: Cast) -> None:
    write(cast, 51)
    client = signed_in(cast.administrator)
    first, second = client.get(LOG).context["list"], client.get(LOG + "?page=2").context["list"]
    assert (first.first, first.last, first.previous_url, first.next_url) == (1, 50, "", f"{LOG}?page=2")
    assert (second.first, second.last, second.next_url) == (51, 51, "")
    assert client.get(LOG + "?page=7").context["list"].page == 2


def test_counting_stops_at_the_limit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    write(cast, 4)
    monkeypatch.setattr(pages, "COUNT_LIMIT", 3)
    answer = signed_in(cast.administrator).get(LOG)
    assert (answer.context["list"].count, answer.context["list"].capped) == (3, True)
    assert "more than 3" in answer.content.decode()


def test_csv_follows_filter_order_and_columns(cast: Cast) -> None:
    write(cast, 3)
    answer = signed_in(cast.administrator).get(
        LOG + "?export=csv&order=who&columns=who&columns=position&on_from=06.10.2026&page=9"
    )
    assert answer["Content-Disposition"].startswith('attachment; filename="Activity log ')
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines == [["When", "Who", "Number"], ["06.10.2026", "Elmira", "2"], ["07.10.2026", "Farhod", "3"]]


def test_xlsx_holds_the_same_rows(cast: Cast) -> None:
    write(cast, 2)
    answer = signed_in(cast.administrator).get(LOG + "?export=xlsx&order=who&columns=who&columns=position")
    table = read_table(answer.content)
    assert table.columns == ("When", "Who", "Number")
    assert [row["Who"] for row in table.rows] == ["Aigul", "Elmira"]


def test_export_of_too_many_rows_is_refused_in_words(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    write(cast, 2)
    monkeypatch.setattr(pages, "EXPORT_LIMIT", 1)
    answer = signed_in(cast.administrator).get(LOG + "?export=csv", follow=True)
    assert answer.redirect_chain == [(LOG, 302)]
    assert "More than 1 rows do not fit into one file." in answer.content.decode()


def test_formula_in_a_cell_is_made_harmless(cast: Cast) -> None:
    cast.officer.name = "=HYPERLINK(1)"
    cast.officer.save()
    write(cast, 1)
    text = signed_in(cast.administrator).get(LOG + "?export=csv&columns=who").content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text


def test_view_is_kept_shown_and_forgotten_by_its_owner_alone(cast: Cast) -> None:
    write(cast, 1)
    client = signed_in(cast.administrator)
    client.post(
        "/o/alatoo/views/", {"list": "trail", "title": " Signed ", "query": "action=signed", "next": LOG}
    )
    view = SavedView.objects.get()
    assert (view.title, view.query, view.user) == ("Signed", "action=signed", cast.administrator)
    page = client.get(LOG + "?action=signed").context["list"]
    assert page.current_view is not None
    forget = f"/o/alatoo/views/{view.pk}/forget/"
    assert signed_in(cast.officer).post(forget).status_code == 404
    assert SavedView.objects.count() == 1
    assert client.post(forget, {"next": "https://elsewhere.example/"})["Location"] == "/"
    assert SavedView.objects.count() == 0


def test_view_without_a_name_is_not_kept(cast: Cast) -> None:
    client = signed_in(cast.administrator)
    answer = client.post("/o/alatoo/views/", {"list": "trail", "title": "  ", "next": LOG}, follow=True)
    assert "Give the view a name" in answer.content.decode()
    assert SavedView.objects.count() == 0


def test_choice_ignores_values_nobody_offers() -> None:
    state = Choice("state", "State", [("draft", "draft"), ("signed", "signed")], sentence="that are %s")
    data = QueryDict("state=signed&state=%27%20OR%201")
    assert [chip.text for chip in state.chips(data, OFFICE)] == ["that are signed"]
    assert state.draw(data, OFFICE).options == (("draft", "draft", False), ("signed", "signed", True))


def test_flag_words_and_dates_say_what_they_do() -> None:
    data = QueryDict("late=yes&city=Osh&ends_to=31.12.2026&ends_from=nonsense")
    late = Flag("late", "late", Q(pk__gt=0))
    city = Words("city", "City", "city", sentence="in %s")
    ends = Dates("ends", "ends", "ends_on", before="ending before %(to)s")
    assert [chip.text for each in (late, city, ends) for chip in each.chips(data, OFFICE)] == [
        "late",
        "in Osh",
        "ending before 31.12.2026",
    ]
    assert ends.draw(data, OFFICE).wrong


def test_words_of_a_search_may_stand_in_different_fields(cast: Cast) -> None:
    write(cast, 3)
    found = search(Entry.objects.all(), ["actor", "action"], "elmira SIGNED")
    assert [entry.actor for entry in found] == ["Elmira"]
    assert list(search(Entry.objects.all(), ["actor", "action"], "elmira farhod")) == []


def test_days_of_a_timed_column_are_those_of_the_office(cast: Cast) -> None:
    """Bishkek is six hours ahead: 18:30 UTC on the fifth is the sixth there."""
    record("late.act", subject=cast.office, by=cast.officer, at=NOW.replace(hour=18, minute=30))
    assert shown(cast, "on_from=06.10.2026&on_to=06.10.2026") == ["Aigul"]
    assert shown(cast, "on_to=05.10.2026") == []
    assert shown(cast, "on_from=31.12.9999&on_to=01.01.0001") == ["Aigul"]


def test_pages_and_searches_cut_the_same_rows_out_of_the_list(cast: Cast) -> None:
    write(cast, 120)

    def numbers(query: str) -> list[object]:
        page = signed_in(cast.administrator).get(f"{LOG}?{query}").context["list"]
        return [row.cells[-1].value for row in page.rows]

    for order in ("at", "-at", "who"):
        pages_ = [numbers(f"order={order}&page={number}") for number in (1, 2, 3)]
        assert [len(page) for page in pages_] == [50, 50, 20]
        assert len({number for page in pages_ for number in page}) == 120
        assert pages_ == [numbers(f"order={order}&q=signed&page={number}") for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("partners/", "/o/alatoo/imports/new/"),
        ("agreements/", "/o/alatoo/agreements/lists/new/"),
        ("agreements/new/", "/o/alatoo/partners/add/"),
        ("applications/", "/o/alatoo/calls/"),
        ("calls/", "/o/alatoo/calls/new/"),
        ("courses/", "/o/alatoo/units/"),
        ("people/", "/o/alatoo/people/new/"),
        ("stays/new/", "/o/alatoo/agreements/"),
        ("visits/", "/o/alatoo/visits/new/"),
    ],
)
def test_office_without_anything_is_offered_the_first_step(cast: Cast, path: str, step: str) -> None:
    page = BeautifulSoup(signed_in(cast.officer).get(f"/o/alatoo/{path}").content, "html.parser")
    (offered,) = page.select(".empty a.button")
    assert offered["href"] == step
    assert len(page.select(f'main a.button[href="{step}"]')) == 1, "offered once"
    assert len(page.select("main a.button.primary")) == 1, "one button stands out"
    assert page.select("main form.form") == [], "nothing can be filled in yet"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_list_is_sent_from_the_disk(cast: Cast, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Whole lists in memory, three times over, were what made the server large."""
    write(cast, 3)
    client = signed_in(cast.administrator)
    short = client.get(f"{LOG}?export={kind}&order=who")
    monkeypatch.setattr(downloads, "IN_MEMORY", 100)
    long = client.get(f"{LOG}?export={kind}&order=who")
    assert (short.streaming, long.streaming) == (False, True)
    content = long.getvalue()
    assert read_table(content).rows == read_table(short.content).rows
    assert long["Content-Length"] == str(len(content))
    for head in ("Content-Disposition", "Content-Type", "Cache-Control", "X-Content-Type-Options"):
        assert long[head] == short[head]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_fault_in_the_middle_of_a_long_list_is_no_shorter_file(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    write(cast, 3)
    monkeypatch.setattr(downloads, "IN_MEMORY", 100)
    drawn: list[object] = []

    def fails(value: object, words: object) -> object:
        drawn.append(value)
        if len(drawn) > 8:
            raise RuntimeError("the third row")
        return "x" * 90

    monkeypatch.setattr(exports, "plain", fails)
    client = signed_in(cast.administrator)
    client.raise_request_exception = False
    answer = client.get(f"{LOG}?export={kind}")
    assert (answer.status_code, answer.get("Content-Disposition")) == (500, None)
    if connection.vendor == "postgresql":
        with connection.cursor() as asked:
            asked.execute("SELECT count(*) FROM pg_cursors")
            assert asked.fetchone() == (0,), "rows that nobody reads on are still open"


def test_who_may_not_see_a_list_gets_no_file(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    write(cast, 3)
    monkeypatch.setattr(downloads, "IN_MEMORY", 100)
    assert signed_in(cast.other_officer).get(f"{LOG}?export=csv").status_code == 404


def test_the_first_button_of_a_list_with_bulk_actions_does_nothing(cast: Cast) -> None:
    call = open_call_with(cast, partner_in_force(cast, places=3))
    apply(call, student(cast, "Aida", "3.5"), call.places.get())
    client, here = signed_in(cast.officer), "/o/alatoo/applications/?q=aida"
    first = BeautifulSoup(client.get(here).content, "html.parser").select("form.rows button")[0]
    assert (first["tabindex"], first["aria-hidden"], first["class"]) == ("-1", "true", ["hidden"])
    assert first["name"] == "next"
    answer = client.post(str(first["formaction"]), {"row": ["1"], "next": str(first["value"])}, follow=True)
    assert answer.redirect_chain == [(here, 302)]
    assert "Nothing was done: choose what to do with the ticked rows." in answer.content.decode()
