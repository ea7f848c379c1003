"""Calls and applications through their pages: who sees what, and the whole way from draft to letter."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sapar.accounts.actors import System
from sapar.accounts.states import Role
from sapar.audit.queries import timeline
from sapar.directory.models import Enrolment
from sapar.formats.tables import read_table
from sapar.mobility.models import Application, Call
from sapar.mobility.services.applications import accept_papers, add_paper
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.placing import adopt_run, appeal, run_placing
from sapar.mobility.services.placing import runs as running
from sapar.mobility.states import AppealState, ApplicationState, CallState, RunState
from tests.cast import NOW, Cast, grant, make_user, signed_in
from tests.mobility.draining import drain
from tests.story import apply, open_call_with, partner_in_force, student

CALLS = "/o/alatoo/calls/"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doors' clock stands at the tests' NOW."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def call(cast: Cast) -> Call:
    return open_call_with(cast, partner_in_force(cast, places=2))


def placed_call(cast: Cast, call: Call, *names: str) -> list[Application]:
    """Applications of these students, best first, after the places were given."""
    made = [apply(call, student(cast, name, f"{3.9 - 0.2 * at:.2f}"))[0] for at, name in enumerate(names)]
    for one in made:
        accept_papers(one, by=cast.officer, at=NOW)
    run = run_placing(close_call(call, by=cast.officer, at=NOW), seed=7, by=cast.officer, at=NOW)
    adopt_run(run, by=cast.officer, at=NOW)
    for one in made:
        one.refresh_from_db()
    return made


def client_for(cast: Cast, who: str) -> Client:
    return signed_in(getattr(cast, who)) if who else Client()


def office_pages(call: Call, application: Application) -> list[str]:
    run = call.runs.get()
    place = call.places.get()
    return [
        CALLS,
        f"{CALLS}new/",
        f"{CALLS}{call.pk}/",
        f"{CALLS}{call.pk}/change/",
        f"{CALLS}{call.pk}/places/",
        f"{CALLS}{call.pk}/places/{place.pk}/",
        f"{CALLS}{call.pk}/placing/",
        f"/o/alatoo/runs/{run.pk}/",
        f"/o/alatoo/runs/{run.pk}/people/",
        f"/o/alatoo/runs/{run.pk}/check/",
        f"/o/alatoo/runs/{run.pk}/minutes/",
        f"/o/alatoo/runs/{run.pk}/progress/",
        f"/o/alatoo/runs/{run.pk}/adopt/",
        "/o/alatoo/applications/",
        f"/o/alatoo/applications/{application.pk}/",
        "/o/alatoo/studies/",
    ]


def test_the_office_opens_every_page_and_strangers_none(cast: Cast, call: Call) -> None:
    made = placed_call(cast, call, "Best", "Second", "Third")
    drain()
    stranger = signed_in(cast.other_officer)
    for url in office_pages(call, made[2]):
        assert signed_in(cast.officer).get(url).status_code == 200, url
        assert stranger.get(url).status_code == 404, url
        assert Client().get(url).status_code == 302, url
        # The same numbers under the stranger's own office lead nowhere.
        own = url.replace("/o/alatoo/", "/o/tianshan/")
        answer = stranger.get(own)
        assert answer.status_code == 404 or b"Best" not in answer.content, own
    for text in ("/o/alatoo/", "/o/alatoo/search/?q=Best"):
        assert signed_in(cast.officer).get(text).status_code == 200
    assert b"Best Demo" not in stranger.get("/o/tianshan/search/?q=Best").content


def test_whoever_only_reads_finds_no_button_and_may_not_press_it(cast: Cast, call: Call) -> None:
    application = apply(call, student(cast, "Best", "3.9"))[0]
    client = signed_in(cast.reader)
    for url in (
        f"{CALLS}new/",
        f"{CALLS}{call.pk}/change/",
        f"{CALLS}{call.pk}/places/",
        "/o/alatoo/studies/",
    ):
        assert client.get(url).status_code == 403, url
    page = client.get(f"/o/alatoo/applications/{application.pk}/").content.decode()
    assert "Papers are complete" not in page
    assert "Return to the applicant" not in page
    for act in ("accept", "ask", "reject", "message", "invite", "withdraw"):
        answer = client.post(
            f"/o/alatoo/applications/{application.pk}/{act}/", {"what": "x", "reason": "x", "text": "x"}
        )
        assert answer.status_code == 403, act
    for act in ("open", "close", "finish", "refill"):
        assert client.post(f"{CALLS}{call.pk}/{act}/").status_code == 403, act
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED


def test_a_coordinator_sees_the_own_faculty_alone(cast: Cast, call: Call) -> None:
    mine = apply(call, student(cast, "Medic", "3.9"))[0]
    theirs = apply(call, student(cast, "Banker", "3.9", unit="ECO"))[0]
    client = signed_in(cast.coordinator)
    page = client.get("/o/alatoo/applications/").content.decode()
    assert "Medic" in page
    assert "Banker" not in page
    assert client.get(f"/o/alatoo/applications/{mine.pk}/").status_code == 200
    assert client.get(f"/o/alatoo/applications/{theirs.pk}/").status_code == 404
    assert client.get(f"/o/alatoo/applications/{theirs.pk}/review/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_questions_however_many_rows(
    cast: Cast, call: Call, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        apply(call, student(cast, f"Person{number}", "3.5"))
    client = signed_in(cast.officer)
    # session, user, roles with their offices; count, rows, wishes, saved views
    with django_assert_num_queries(7):
        assert client.get("/o/alatoo/applications/").content.decode().count("Demo</a>") == count
    for _each in range(count - 1):
        Call.objects.create(
            **{
                field.name: getattr(call, field.name)
                for field in Call._meta.concrete_fields
                if field.name != "id"
            }
        )
    with django_assert_num_queries(6):
        assert client.get(CALLS).content.decode().count("spring 2027</a>") == count


def test_a_call_is_written_row_by_row_and_nothing_typed_is_lost(cast: Cast) -> None:
    client = signed_in(cast.officer)
    data = {
        "title": "Autumn exchange",
        "academic_year": "2027",
        "term": "autumn",
        "opens_on": "01.03.2027",
        "closes_on": "20.03.2027",
        "stay_from": "01.09.2027",
        "stay_to": "25.01.2028",
        "most_wishes": "4",
        "mechanism": "deferred_acceptance",
        "confirm_days": "7",
        "appeal_days": "5",
        "rules-count": "1",
        "rules-0-kind": "gpa",
        "rules-0-value": "3,2",
        "scoring-count": "0",
        "documents-count": "1",
        "documents-0-title": "Transcript",
        "documents-0-required": "on",
        "questions-count": "0",
    }
    grown = client.post(f"{CALLS}new/", {**data, "rows": "rules:add"})
    page = grown.content.decode()
    assert grown.status_code == 200
    assert 'name="rules-1-kind"' in page
    assert 'value="Autumn exchange"' in page
    assert 'value="3,2"' in page
    assert "Please look at this again" not in page
    data |= {"rules-count": "3", "rules-1-kind": "year", "rules-1-value": "2, 3", "rules-2-kind": "level"}
    wrong = client.post(f"{CALLS}new/", {**data, "rules-2-value": "wizard", "closes_on": "20.02.2027"})
    assert wrong.status_code == 422
    assert "Levels are: Short cycle, Bachelor, Master, Doctorate." in wrong.content.decode()
    shrunk = client.post(f"{CALLS}new/", {**data, "rules-2-value": "master", "rows": "rules:remove:1"})
    assert 'value="master"' in shrunk.content.decode()
    assert 'value="2, 3"' not in shrunk.content.decode()
    early = client.post(f"{CALLS}new/", {**data, "rules-2-value": "Master", "closes_on": "20.02.2027"})
    assert early.status_code == 422
    made = client.post(f"{CALLS}new/", {**data, "rules-2-value": "Master"})
    call = Call.objects.get()
    assert made.headers["Location"] == f"{CALLS}{call.pk}/places/"
    assert [(rule["fact"], rule["required"]) for rule in call.rules] == [
        ("gpa", 3.2),
        ("year_of_study", [2, 3]),
        ("level", ["master"]),
    ]
    assert call.documents == [{"title": "Transcript", "required": True, "code": "d1"}]
    again = client.get(f"{CALLS}{call.pk}/change/").content.decode()
    assert 'value="2, 3"' in again
    assert 'value="20.03.2027"' in again


def test_places_are_taken_in_one_table(cast: Cast) -> None:
    partner = partner_in_force(cast, places=2)
    call = open_call_with(cast, partner)
    client, url = signed_in(cast.officer), f"{CALLS}{call.pk}/places/"
    name = f"seats-{partner.outgoing.pk}"
    for seats in ("3", "many"):
        refused = client.post(url, {name: seats})
        assert refused.status_code == 422
        assert f'value="{seats}"' in refused.content.decode()
    assert client.post(url, {name: "1"}).status_code == 302
    assert call.places.get().seats == 1
    place = call.places.get()
    data = {
        "note": "Dormitory",
        "rules-count": "0",
        "reserves-count": "1",
        "reserves-0-code": "Medics",
        "reserves-0-places": "1",
        "reserves-0-kind": "faculty",
        "reserves-0-value": "MED",
    }
    assert client.post(f"{url}{place.pk}/", {**data, "reserves-0-places": "5"}).status_code == 422
    assert client.post(f"{url}{place.pk}/", data).status_code == 302
    place.refresh_from_db()
    assert place.reserves[0]["rules"][0]["required"] == ["MED"]
    assert place.reserves[0]["spill"] == []
    assert "1 place only for “Medics”" in client.get(f"{CALLS}{call.pk}/").content.decode()


def test_a_stranger_cannot_act_on_the_others_call(cast: Cast, call: Call) -> None:
    made = placed_call(cast, call, "Best")
    drain()
    client, run = signed_in(cast.other_officer), call.runs.get()
    for url in (
        f"calls/{call.pk}/open/",
        f"calls/{call.pk}/close/",
        f"calls/{call.pk}/finish/",
        f"calls/{call.pk}/refill/",
        f"runs/{run.pk}/adopt/",
        f"runs/{run.pk}/minutes/",
        f"applications/{made[0].pk}/withdraw/",
        f"applications/{made[0].pk}/message/",
    ):
        for office in ("alatoo", "tianshan"):
            assert client.post(f"/o/{office}/{url}", {"text": "x"}).status_code == 404, url
    client.post("/o/tianshan/applications/accept/", {"row": [made[0].pk]})
    made[0].refresh_from_db()
    assert made[0].state == ApplicationState.PLACED


def test_pipeline_filters_and_bulk(cast: Cast, call: Call) -> None:
    first = apply(call, student(cast, "Medic", "3.9"))[0]
    apply(call, student(cast, "Banker", "3.9", unit="ECO"))
    client, url = signed_in(cast.officer), "/o/alatoo/applications/"
    host = call.places.get().host_id

    def shown(query: str) -> list[str]:
        rows = client.get(f"{url}?order=name&{query}").context["list"].rows
        return [row.name.split()[0] for row in rows]

    assert shown(f"faculty={cast.economics.pk}") == ["Banker"]
    assert shown(f"wish={host}") == ["Banker", "Medic"]
    assert shown("q=medic") == ["Medic"]
    assert shown("state=complete") == []
    client.post(f"{url}accept/", {"row": [first.pk, "x", 10**9]})
    assert shown("state=complete") == ["Medic"]


def test_lists_pages_and_exports_say_who_is_eligible_nowhere(cast: Cast) -> None:
    rules = ({"code": "gpa", "fact": "gpa", "test": "at_least", "required": 3.0},)
    call = open_call_with(cast, partner_in_force(cast), rules=rules)
    application, _link = apply(call, student(cast, "Low", "2.5"))
    accept_papers(application, by=cast.officer, at=NOW)
    run = run_placing(close_call(call, by=cast.officer, at=NOW), seed=1, by=cast.officer, at=NOW)
    client, url = signed_in(cast.officer), "/o/alatoo/applications/"
    words = client.get(f"/o/alatoo/runs/{run.pk}/adopt/").content.decode()
    assert "0 applicants stand on the reserve list." in words
    assert "1 applicant is not eligible for any of the places wished for." in words
    adopt_run(run, by=cast.officer, at=NOW)
    pages = [
        f"{url}?state=ineligible",
        f"{url}{application.pk}/",
        f"/o/alatoo/runs/{run.pk}/people/",
        f"{CALLS}{call.pk}/",
    ]
    for page in pages:
        shown = client.get(page).content.decode()
        assert "ot eligible" in shown, page
        assert "the reserve list</" not in shown, page
    assert "not eligible" in b"".join(client.get(f"{url}?export=csv")).decode()


def test_papers_are_downloaded_by_who_may_and_that_is_recorded(cast: Cast, call: Call) -> None:
    call.documents = [{"code": "d1", "title": "Transcript", "required": False}]
    call.save()
    application, link = apply(call, student(cast, "Best", "3.9"))
    paper = add_paper(application, "d1", b"<html><script>alert(1)</script>", "x.html", by=link, at=NOW)
    url = f"/o/alatoo/applications/{application.pk}/papers/{paper.file_id}/"
    answer = signed_in(cast.officer).get(url)
    assert answer.content == b"<html><script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="x.html.txt"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert timeline(application)[0].action == "mobility.application.paper_read"
    other = apply(call, student(cast, "Other", "3.0", unit="ECO"))[0]
    assert signed_in(cast.officer).get(url.replace(str(application.pk), str(other.pk), 1)).status_code == 404
    for who in ("other_officer", "nobody"):
        assert client_for(cast, who).get(url).status_code == 404
    assert signed_in(cast.coordinator).get(url).status_code == 200


def test_a_review_leads_to_the_next(cast: Cast, call: Call) -> None:
    call.scoring = [
        {"code": "talk", "label": "Interview", "source": "review", "weight": "10", "least": "0", "most": "5"}
    ]
    call.save()
    first, second = (apply(call, student(cast, name, "3.9"))[0] for name in ("Aida", "Bek"))
    reviewer = make_user("Reviewer")
    grant(reviewer, cast.office, Role.REVIEWER)
    client = signed_in(reviewer)
    assert "2 applications wait for your points." in client.get("/o/alatoo/").content.decode()
    url = f"/o/alatoo/applications/{first.pk}/review/"
    assert client.post(url, {"talk": "6"}).status_code == 422
    answer = client.post(url, {"talk": "4,5", "next": "1"})
    assert answer.headers["Location"] == f"/o/alatoo/applications/{second.pk}/review/"
    first.refresh_from_db()
    assert str(first.score) == "9.000"


def test_from_a_dry_run_to_adoption_by_buttons(cast: Cast, call: Call) -> None:
    made = [apply(call, student(cast, name, gpa))[0] for name, gpa in (("Best", "3.9"), ("Next", "3.5"))]
    client = signed_in(cast.officer)
    desk = client.get("/o/alatoo/").content.decode()
    assert "2 applications to “Exchange in spring 2027” are to be checked." in desk
    client.post("/o/alatoo/applications/accept/", {"row": [one.pk for one in made]})
    client.post(f"{CALLS}{call.pk}/close/")
    assert "are to be given." in client.get("/o/alatoo/").content.decode()
    placing = f"{CALLS}{call.pk}/placing/"
    assert client.post(placing, {"seed": "-1", "mechanism": "lottery"}).status_code == 422
    answer = client.post(placing, {"seed": "7", "mechanism": "deferred_acceptance", "compare": "on"})
    run = call.runs.get()
    assert answer.headers["Location"] == f"/o/alatoo/runs/{run.pk}/"
    page = client.get(f"/o/alatoo/runs/{run.pk}/").content.decode()
    assert "2 of 2 applicants get a place, 2 of them at the first wish." in page
    assert "first wishes first" in page
    words = client.get(f"/o/alatoo/runs/{run.pk}/adopt/").content.decode()
    assert "2 applicants hold a place" in words
    client.post(f"/o/alatoo/runs/{run.pk}/adopt/")
    drain()
    minutes = client.get(f"/o/alatoo/runs/{run.pk}/minutes/")
    assert minutes.headers["Content-Type"] == "application/pdf"
    check = client.get(f"/o/alatoo/runs/{run.pk}/check/").content.decode()
    assert "nobody is passed over by somebody with fewer points" in check
    call.refresh_from_db()
    assert call.state == CallState.PLACED


def test_progress_of_a_long_run(cast: Cast, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 0)
    accept_papers(apply(call, student(cast, "Best", "3.9"))[0], by=cast.officer, at=NOW)
    close_call(call, by=cast.officer, at=NOW)
    client = signed_in(cast.officer)
    answer = client.post(f"{CALLS}{call.pk}/placing/", {"seed": "7", "mechanism": "deferred_acceptance"})
    url = answer.headers["Location"]
    assert url.endswith("/progress/")
    assert 'hx-trigger="every 2s"' in client.get(url).content.decode()
    assert client.get(url.replace("progress/", "")).headers["Location"] == url
    drain()
    polled = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "Look at the result" in polled
    assert "<html" not in polled
    call.runs.update(state=RunState.FAILED)
    assert "interrupted" in client.get(url).content.decode()


def test_an_appeal_is_answered_on_the_record(cast: Cast, call: Call) -> None:
    made = placed_call(cast, call, "Best", "Second", "Third")
    appeal(made[2], text="I object.", by=System("test"), at=NOW)
    client = signed_in(cast.officer)
    assert "Third Demo appeals against the decision" in client.get("/o/alatoo/").content.decode()
    page = client.get(f"/o/alatoo/applications/{made[2].pk}/").content.decode()
    assert "I object." in page
    url = f"/o/alatoo/appeals/{made[2].appeals.get().pk}/answer/"
    assert signed_in(cast.other_officer).post(url, {"answer": "x"}).status_code == 404
    assert signed_in(cast.reader).post(url, {"answer": "x"}).status_code == 403
    client.post(url, {"answer": "Two had more points.", "upheld": "no"})
    assert made[2].appeals.get().state == AppealState.REFUSED


def test_a_sheet_is_looked_at_and_taken(cast: Cast) -> None:
    client, url = signed_in(cast.officer), "/o/alatoo/studies/"
    student(cast, "Best", "3.1", number="S-1")
    bad = SimpleUploadedFile("a.csv", b"just,some\n1,2\n")
    assert client.post(url, {"file": bad}).status_code == 422
    good = SimpleUploadedFile("marks.csv", "номер студента,gpa\nS-1,3.9\nS-2,3\n".encode())
    sheet = client.post(url, {"file": good}).headers["Location"]
    page = client.get(sheet).content.decode()
    assert "1 student can be taken, 0 of them new." in page
    assert "a new student also needs" in page
    assert Enrolment.objects.get().gpa == Decimal("3.10")
    for who in ("other_officer", "reader"):
        assert client_for(cast, who).get(sheet).status_code in (403, 404)
    assert signed_in(cast.other_officer).get(sheet.replace("alatoo", "tianshan")).status_code == 404
    assert "1 row is taken." in client.post(sheet).content.decode()
    assert Enrolment.objects.get().gpa == Decimal("3.90")
    back = read_table(client.get(f"{sheet}refused/").content)
    assert [row["номер студента"] for row in back.rows] == ["S-2"]
