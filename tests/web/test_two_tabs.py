"""Two people open one record: the later one is told, keeps what was typed, and may then save over it."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sapar.core.errors import ChangedMeanwhile
from sapar.core.marks import mark_of, refuse_changed
from sapar.directory.services.people import PersonEntry, add_person
from sapar.files.models import StoredFile
from tests.cast import NOW, Cast, signed_in
from tests.web.editing import guards, pages_with_forms
from tests.web.mobility.test_letters import two
from tests.web.two_writers import EXCUSED, RECORDS

SENTENCE = "Somebody changed this record while you had it open."


def filled(client: Client, url: str) -> dict[str, str]:
    """The main form of a page as a browser would send it."""
    page = BeautifulSoup(client.get(url).content, "html.parser")
    form = next(one for one in page.select("main form") if one.select_one("input[name=seen]"))
    sent: dict[str, str] = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        name, kind = str(field["name"]), str(field.get("type", ""))
        if kind in ("checkbox", "radio") and not field.has_attr("checked"):
            if kind == "radio":
                sent.setdefault(name, "")
            continue
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            sent[name] = str(chosen["value"]) if chosen else ""
        elif field.name == "textarea":
            sent[name] = field.text.removeprefix("\n")
        else:
            sent[name] = str(field.get("value", "on" if kind == "checkbox" else ""))
    return sent


def test_every_page_that_changes_a_record_is_guarded_or_says_why_not() -> None:
    pages = pages_with_forms()
    # The same views with an address of their own for a new record.
    pages = {
        name: view
        for name, view in pages.items()
        if name not in ("exchanges:new_scale", "visits:new_session")
    }
    guarded = {name for name, view in pages.items() if guards(view)}
    excused = [name for names in EXCUSED.values() for name in names]
    assert len(excused) == len(set(excused))
    assert set(pages) - guarded - set(excused) == set(), "guard the form, or say why two writers do no harm"
    assert set(excused) - set(pages) | set(excused) & guarded == set(), "excused for nothing"
    assert guarded == {*RECORDS, "settings:letterhead"}, (
        "each guarded page stands in RECORDS and is tried by two people"
    )


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_the_later_one_is_told_and_then_saves(cast: Cast, name: str) -> None:
    """Nothing is written, both texts stand on the page, and the second attempt is made knowingly."""
    record = RECORDS[name]
    url = reverse(name, args=[cast.office.slug, *record.made(cast)])
    first, second = signed_in(cast.administrator), signed_in(record.second(cast))
    one, other = filled(first, url), filled(second, url)
    field = next(key for key in one if re.fullmatch(record.field, key))
    theirs, mine = record.written, record.mine
    assert first.post(url, {**one, **record.more, field: theirs}).status_code == 302
    stored = filled(first, url).get(field)
    refused = second.post(url, {**other, **record.more, field: mine})
    page = BeautifulSoup(refused.content, "html.parser")
    assert (refused.status_code, SENTENCE in str(page)) == (422, True)
    lines = [[cell.text.strip() for cell in row.select("td")] for row in page.select(".meanwhile tbody tr")]
    assert any(record.shown_theirs in left and record.shown_mine in right for left, right in lines), lines
    assert filled(first, url).get(field) == stored
    again = {**other, **record.more, "seen": str(page.select_one("input[name=seen]")["value"])}  # type: ignore[index]
    assert second.post(url, {**again, field: mine}).status_code == 302
    assert filled(first, url).get(field) != stored


def test_the_later_one_reads_who_was_there_and_when(cast: Cast) -> None:
    record = RECORDS["partners:change"]
    url = reverse("partners:change", args=[cast.office.slug, *record.made(cast)])
    first, second = signed_in(cast.administrator), signed_in(cast.officer)
    one, other = filled(first, url), filled(second, url)
    first.post(url, {**one, "note": "theirs"})
    page = second.post(url, {**other, "note": "mine"}).content.decode()
    today = timezone.localdate()
    assert f"The last to work on it: {cast.administrator.name}, {today:%d.%m.%Y} " in page


def test_letterhead_of_the_other_stays_and_is_named(cast: Cast) -> None:
    url = "/o/alatoo/settings/letterhead/"
    first, second = signed_in(cast.administrator), signed_in(cast.administrator)
    blank = first.get(f"{url}blank.docx").content
    one, other = filled(first, url), filled(second, url)
    assert first.post(url, {**one, "file": SimpleUploadedFile("theirs.docx", blank)}).status_code == 302
    refused = second.post(url, {**other, "file": SimpleUploadedFile("mine.docx", blank)})
    page = BeautifulSoup(refused.content, "html.parser")
    assert (refused.status_code, SENTENCE in str(page)) == (422, True)
    assert [cell.text for cell in page.select(".meanwhile tbody td")] == ["theirs.docx", "mine.docx"]
    assert StoredFile.objects.filter(name="mine.docx").count() == 0


def test_planned_days_of_a_stay_are_not_changed_over_those_of_somebody_else(cast: Cast) -> None:
    url = f"/o/alatoo/stays/{two(cast)[0].pk}/dates/"
    first, second = signed_in(cast.officer), signed_in(cast.administrator)
    one, other = filled(first, url), filled(second, url)
    longer = {**one, "planned_to": "30.07.2027", "reason": "longer"}
    assert first.post(url, longer).status_code == 302
    refused = second.post(url, {**other, "planned_to": "01.06.2027", "reason": "shorter"})
    assert (refused.status_code, SENTENCE in refused.content.decode()) == (422, True)
    assert filled(first, url)["planned_to"] == "30.07.2027"


def test_whoever_is_alone_is_never_told(cast: Cast) -> None:
    entry = PersonEntry(passport_surname="Demo", passport_given="Aida")
    made = add_person(entry, office=cast.office, by=cast.officer, at=NOW)
    url = f"/o/alatoo/people/{made.pk}/change/"
    client = signed_in(cast.officer)
    for address in ("a@example.org", "b@example.org"):
        assert client.post(url, {**filled(client, url), "email": address}).status_code == 302


def test_the_mark_follows_every_column(cast: Cast) -> None:
    before = mark_of(cast.medicine)
    refuse_changed(cast.medicine, before)
    refuse_changed(cast.medicine, "")
    cast.medicine.head_name = "Somebody else"
    with pytest.raises(ChangedMeanwhile):
        refuse_changed(cast.medicine, before)
