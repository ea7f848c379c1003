"""Group visits through their pages."""

from __future__ import annotations

import io
from datetime import date, time
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sapar.mobility.models import Attendance, GroupVisit, VisitSession
from sapar.mobility.services.visits import SessionEntry, VisitEntry, add_session, plan_visit
from sapar.mobility.states import Presence, VisitState
from tests.cast import NOW, Cast, signed_in
from tests.story import partner_in_force

HOME = "/o/alatoo/visits/"


def planned(cast: Cast, title: str = "Medical students", *, session: bool = False) -> GroupVisit:
    entry = VisitEntry(
        title=title,
        partner=partner_in_force(cast, f"University of {title}").organisation,
        starts_on=date(2026, 10, 12),
        ends_on=date(2026, 10, 20),
        leader_name="Nodira",
        hosts=[cast.medicine],
    )
    visit = plan_visit(entry, office=cast.office, by=cast.officer, at=NOW)
    if session:
        add_session(
            visit,
            SessionEntry(
                unit=cast.medicine, topic="Anatomy", held_on=date(2026, 10, 13), begins_at=time(9),
                ends_at=time(11),
            ),
            by=cast.officer,
            at=NOW,
        )  # fmt: skip
    return visit


def test_thread_of_a_visit_through_pages(cast: Cast) -> None:
    partner = partner_in_force(cast, "Tashkent Demo Institute")
    officer, dean = signed_in(cast.officer), signed_in(cast.coordinator)
    plan = {
        "title": "Medical students", "direction": "in", "partner": partner.organisation.pk,
        "agreement": partner.agreement.pk, "starts_on": "12.10.2026", "ends_on": "20.10.2026",
        "leader_name": "Nodira", "hosts": [cast.medicine.pk],
    }  # fmt: skip
    refused = officer.post(f"{HOME}new/", plan | {"ends_on": "01.10.2026"})
    assert refused.status_code == 422
    assert f">{partner.agreement.title} · {partner.agreement.number}</option>" in refused.content.decode()
    officer.post(f"{HOME}new/", plan)
    visit = GroupVisit.objects.get()
    at = f"{HOME}{visit.pk}/"

    wrong = officer.post(f"{at}people/", {"pasted": "surname,year\nKarimov,99\n"})
    assert (wrong.status_code, visit.visitors.count()) == (422, 0)
    upload = SimpleUploadedFile("list.csv", "Фамилия;Имя;Курс\nKarimov;Jasur;3\nАсанова;Айгүл;2\n".encode())
    officer.post(f"{at}people/", {"table": upload})
    assert visit.visitors.count() == 2

    session = {"unit": cast.medicine.pk, "topic": "Anatomy", "held_on": "13.10.2026", "begins_at": "9.00",
               "ends_at": "11:30", "room": "201"}  # fmt: skip
    officer.post(f"{at}sessions/new/", session)
    taken = officer.post(f"{at}sessions/new/", session | {"topic": "Surgery", "begins_at": "11"})
    assert "is taken at that time by “Anatomy”" in taken.content.decode()
    held = VisitSession.objects.get()
    page = officer.get(f"{at}timetable/")
    assert [len(week.days) for week in page.context["weeks"]] == [7, 2]
    assert "09:00–11:30" in page.content.decode()

    for move in ("confirm", "begin"):
        officer.post(f"{at}move/", {"move": move})
    one, two = visit.visitors.order_by("pk")
    sheet = f"{at}sessions/{held.pk}/attendance/"
    dean.post(sheet, {f"v{one.pk}-presence": "present", f"v{two.pk}-presence": "absent"})
    assert dict(Attendance.objects.values_list("visitor_id", "presence")) == {
        one.pk: Presence.PRESENT,
        two.pk: Presence.ABSENT,
    }
    assert dean.post(sheet, {f"v{one.pk}-presence": "dancing"}).status_code == 422
    assert "1 / 1" in dean.get(f"{at}attendance/").content.decode()

    assert officer.post(f"{at}finish/", {"outcome": ""}).status_code == 422
    officer.post(f"{at}finish/", {"outcome": "Two case reports"})
    officer.post(f"{at}certificates/")
    with ZipFile(io.BytesIO(officer.get(f"{at}certificates.zip").content)) as archive:
        assert len(archive.namelist()) == 2
    assert officer.get(f"{at}people/{one.pk}/certificate.pdf").content.startswith(b"%PDF")
    visit.refresh_from_db()
    assert (visit.state, visit.outcome) == (VisitState.FINISHED, "Two case reports")
    assert "Two case reports" in officer.get(at).content.decode()


PAGES = (
    "", "edit/", "finish/", "people/", "timetable/", "attendance/", "sessions/new/", "certificates.zip",
)  # fmt: skip


def test_other_office_finds_no_visit(cast: Cast) -> None:
    visit = planned(cast, session=True)
    held = visit.sessions.get()
    ours, theirs = signed_in(cast.officer), signed_in(cast.other_officer)
    for page in (*PAGES, f"sessions/{held.pk}/", f"sessions/{held.pk}/attendance/"):
        assert ours.get(f"{HOME}{visit.pk}/{page}").status_code in (200, 302), page
        for office in ("alatoo", "tianshan"):
            address = f"/o/{office}/visits/{visit.pk}/{page}"
            assert theirs.get(address).status_code == 404, address
    for act in ("move/", "certificates/", f"sessions/{held.pk}/remove/"):
        assert theirs.post(f"/o/tianshan/visits/{visit.pk}/{act}", {"move": "confirm"}).status_code == 404
    assert visit.title not in theirs.get("/o/tianshan/visits/").content.decode()


def test_reader_looks_and_changes_nothing(cast: Cast) -> None:
    visit = planned(cast, session=True)
    client = signed_in(cast.reader)
    looked = {page for page in PAGES if client.get(f"{HOME}{visit.pk}/{page}").status_code == 200}
    assert looked == {"", "timetable/", "attendance/"}
    assert client.post(f"{HOME}{visit.pk}/move/", {"move": "confirm"}).status_code == 403
    visit.refresh_from_db()
    assert visit.state == VisitState.PLANNED


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_visits_asks_as_often_for_one_row_as_for_three(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        planned(cast, f"Group {number}", session=True)
    client = signed_in(cast.officer)
    client.get(HOME)
    with django_assert_num_queries(6):
        page = client.get(HOME)
    assert page.context["list"].count == count
    assert client.get(HOME, {"q": "Group 0"}).context["list"].count == 1


def test_person_on_two_lists_cannot_be_reached_through_the_other_visit(cast: Cast) -> None:
    one, two = planned(cast, "One", session=True), planned(cast, "Two")
    client = signed_in(cast.officer)
    client.post(f"{HOME}{one.pk}/people/", {"pasted": "Karimov Jasur"})
    visitor, held = one.visitors.get(), one.sessions.get()
    assert client.get(f"{HOME}{one.pk}/people/{visitor.pk}/").status_code == 200
    assert client.get(f"{HOME}{two.pk}/people/{visitor.pk}/").status_code == 404
    assert client.get(f"{HOME}{two.pk}/sessions/{held.pk}/").status_code == 404
    client.post(f"{HOME}{one.pk}/people/{visitor.pk}/", {"arrived_on": "13.10.2026", "left_on": "12.10.2026"})
    visitor.refresh_from_db()
    assert visitor.arrived_on is None
    client.post(f"{HOME}{one.pk}/people/{visitor.pk}/remove/")
    assert one.visitors.count() == 0
