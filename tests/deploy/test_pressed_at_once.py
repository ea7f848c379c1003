"""The real server, its processes and threads: several people press at the same moment.

Nobody meets a fault, one of them has the effect, nothing that was written is lost, and the trail stays whole.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup

from tests.deploy.test_server import free_port
from tests.machine import Machine, machine

pytestmark = pytest.mark.slow
TOKEN = "a" * 32
PEOPLE, ROWS, PARTNERS = 4, 25, 4
PREPARE = f"""
import json
from datetime import date, timedelta
from django.utils import timezone
import tests.cast
now = tests.cast.NOW = timezone.now()  # what the stories sign, send and open happens today
today = timezone.localdate()
from tests.cast import build_cast, signed_in
from sapar.directory.services.people import PersonEntry, add_person
from sapar.mobility.services import calls
from sapar.mobility.services.applications import accept_papers
from sapar.mobility.services.exchanges import invite_to_answer
from sapar.mobility.services.placing import adopt_run, run_placing
from sapar.mobility.states import Term
from sapar.partners.models import PartnerImport, PartnerImportRow
from sapar.partners.queries import current_version
from sapar.partners.services.approval import answer_step, bring_into_force, invite_partner, send_for_approval
from sapar.partners.services.imports import bringing, comparing
from tests import story
from tests.mobility.stays import nominated_stay
cast = build_cast()
by = dict(by=cast.officer, at=now)
signing = dict(home_signer="Elmira", home_signer_post="Rector", home_authority="Charter",
               partner_signer="Deniz", partner_signer_post="Rector")

def partner(name, places):
    made = bring_into_force(story.approve(story.draft(cast, name, places=places), cast), signed_on=today,
                            starts_on=today, **signing, **by)
    rows = {{row.direction: row for row in current_version(made).conditions.all()}}
    return story.Partner(made.partnership.organisation, made, rows["out"], rows["in"])

def call(*partners, scoring=()):
    made = story.open_call_with(cast, *partners)
    made.scoring = [*made.scoring, *scoring]
    made.save(update_fields=["scoring"])
    return made

def closed(made, students):
    for enrolment in students:
        application, link = story.apply(made, enrolment)
        accept_papers(application, **by)
    return calls.close_call(made, **by)

found = {{}}
# A record that two officers have open.
found["person"] = add_person(PersonEntry(passport_surname="Demo", passport_given="Aida"), office=cast.office, **by).pk
# One row of an agreement with one place, and two calls that want it.
last = partner("University of the last place", 1)
prepared = [calls.prepare_call(calls.CallEntry(
    title=f"Call {{n}}", academic_year=2026, term=Term.SPRING, opens_at=now, closes_at=now + timedelta(days=9),
    stay_from=date(2027, 2, 1), stay_to=date(2027, 6, 30)), office=cast.office, **by) for n in range(2)]
found["condition"], found["calls"] = last.outgoing.pk, [one.pk for one in prepared]
# A call whose places are given, and one in which a person has a place offered.
many = partner("University of many places", 9)
placing = closed(call(many), [story.student(cast, name, "3.5") for name in ("Bermet", "Chynar")])
found["placing"] = placing.pk
offered = call(partner("University of the offer", 1))
application, link = story.apply(offered, story.student(cast, "Dinara", "3.5"))
accept_papers(application, **by)
calls.close_call(offered, **by)
adopt_run(run_placing(offered, seed=7, **by), **by)
found["offered"] = application.pk
from sapar.mobility.services.applications.writing import send_new_link
found["applicant"] = send_new_link(application, at=now).key
# An application that two people judge.
talk = {{"code": "talk", "label": "Talk", "source": "review", "weight": "100", "least": "0", "most": "10"}}
judging = call(partner("University of judges", 2), scoring=[talk])
judged, _link = story.apply(judging, story.student(cast, "Elnura", "3.0"))
found["judged"] = judged.pk
# Agreements that wait for their number, and one that waits for the partner.
found["agreements"] = [story.approve(story.draft(cast, f"University {{n}}"), cast).pk for n in range({PARTNERS})]
waiting = send_for_approval(story.draft(cast, "University that answers"), **by)
for station in (cast.lawyer, cast.vice_rector, cast.rector):
    answer_step(waiting, approved=True, digest=current_version(waiting).digest, by=station, at=now)
found["waiting"], found["digest"] = waiting.pk, current_version(waiting).digest
found["partner"] = invite_partner(waiting, name="Deniz", email="deniz@example.org", **by)
# People nominated to a partner who answers by its link.
host = partner("University that is asked", 2)
stay = nominated_stay(cast, host, given="Farida")
found["stay"] = stay.pk
found["nominations"] = invite_to_answer(host.agreement, name="Deniz", email="d@example.org", language="en",
                                        mail=False, **by).key
# A list that is looked through.
lines = "\\n".join(f"Institute of Far Mountains {{n:03}},KG" for n in range({ROWS}))
batch = bringing.bring_list(("Partner,Country\\n" + lines).encode(), "partners.csv", office=cast.office, **by)
bringing.choose_columns(batch, {{"name": "Partner", "country": "Country"}}, **by)
comparing.compare_rows(PartnerImport.objects.get(), at=now)
PartnerImportRow.objects.update(decision="new", same_as=None)
found["list"] = batch.pk
found["sessions"] = [signed_in(user).cookies["sessionid"].value for user in (cast.officer, cast.administrator)]
print(json.dumps(found))
"""


Press = Callable[[], tuple[int, str]]


@dataclass
class Site:
    here: Machine
    port: int
    facts: dict[str, Any]

    def ask(
        self, path: str, data: Mapping[str, object] | None = None, *, who: int | None = 0
    ) -> tuple[int, str]:
        """As the browser of the officer (0), the administrator (1) or a guest (None) does; redirects stay."""
        cookies = f"csrftoken={TOKEN}"
        if who is not None:
            cookies += f"; sessionid={self.facts['sessions'][who]}"
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=180)
        try:
            body = None if data is None else urlencode({"csrfmiddlewaretoken": TOKEN, **data}, doseq=True)
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def press(self, path: str, data: Mapping[str, object], *, who: int | None = 0) -> Press:
        return lambda: self.ask(path, data, who=who)

    def form(self, path: str, *, who: int | None = 0) -> dict[str, str]:
        """What the largest form of a page would send as it stands, without the mark of one sending."""
        status, html = self.ask(path, who=who)
        assert status == 200, html[-2000:]
        forms = BeautifulSoup(html, "html.parser").select("main form[method=post]")
        largest = max(forms, key=lambda form: len(form.select("[name]")))
        sent: dict[str, str] = {}
        for field in largest.select("[name]"):
            name, kind = str(field["name"]), str(field.get("type", ""))
            if kind in ("checkbox", "radio", "file", "submit") and not field.has_attr("checked"):
                continue
            if field.name == "select":
                chosen = field.select_one("option[selected]")
                sent[name] = str(chosen["value"]) if chosen else ""
            elif field.name != "button":
                text = field.text.removeprefix("\n") if field.name == "textarea" else field.get("value", "")
                sent[name] = str(text)
        return {name: value for name, value in sent.items() if name not in ("csrfmiddlewaretoken", "once")}

    def value(self, query: str) -> Any:
        return self.here.rows(query)[0][0]


def pressed(acts: Sequence[Press]) -> Counter[int]:
    """All acts at the same moment: how often each status was answered. A fault of the server is none of them."""
    answers: list[tuple[int, str]] = []
    gate = threading.Barrier(len(acts))

    def press(act: Press) -> None:
        gate.wait(timeout=60)
        answers.append(act())

    threads = [threading.Thread(target=press, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    assert len(answers) == len(acts), "somebody got no answer"
    assert [html[-3000:] for status, html in answers if status >= 500] == []
    return Counter(status for status, _html in answers)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with machine(tmp_path_factory.mktemp("machine")) as here:
        found = Site(here, free_port(), json.loads(here.python(PREPARE).splitlines()[-1]))
        here.start(
            sys.executable, "-m", "sapar.cli", "serve", "--port", str(found.port), "--threads", "4", "--no-worker"
        )  # fmt: skip
        end = time.monotonic() + 300
        while True:
            with suppress(OSError):
                if found.ask("/health/live", who=None)[0] == 200:
                    break
            assert time.monotonic() < end, here.logs()
            time.sleep(0.2)
        yield found
        verified = here.sapar("audit", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr


def test_of_officers_who_save_one_record_one_is_first_and_the_others_are_told(site: Site) -> None:
    path = f"/o/alatoo/people/{site.facts['person']}/change/"
    opened = site.form(path)
    wanted = [f"p{number}@example.org" for number in range(PEOPLE)]
    acts = [site.press(path, {**opened, "email": email}, who=at % 2)
            for at, email in enumerate(wanted)]  # fmt: skip
    assert pressed(acts) == {302: 1, 422: PEOPLE - 1}
    stored = site.form(path)
    assert stored["email"] in wanted
    entries = f"SELECT COUNT(*) FROM audit_entry WHERE action = 'directory.person.changed' AND subject_id = {site.facts['person']}"  # noqa: E501
    assert site.value(entries) == 1
    status, _page = site.ask(path, {**stored, "email": "after@example.org"})
    assert (status, site.form(path)["email"]) == (302, "after@example.org")


def test_the_last_place_of_an_agreement_goes_to_one_call(site: Site) -> None:
    field = f"seats-{site.facts['condition']}"
    acts = []
    for call in site.facts["calls"] * 2:
        path = f"/o/alatoo/calls/{call}/places/"
        opened = site.form(path)
        acts.append(site.press(path, {**opened, field: 1}))
    answers = pressed(acts)
    # Twice in each call: the second of the call that got it is told that somebody changed the table.
    assert answers == {302: 1, 422: 3}
    taken = f"SELECT COALESCE(SUM(seats), 0) FROM mobility_callplace WHERE condition_id = {site.facts['condition']}"
    assert site.value(taken) == 1


def test_a_place_that_is_confirmed_and_given_back_at_once_has_one_answer(site: Site) -> None:
    key, pk = site.facts["applicant"], site.facts["offered"]
    acts = [site.press(f"/l/{key}/application/{word}/", {}, who=None)
            for word in ("confirm", "decline") * 2]  # fmt: skip
    pressed(acts)
    state = site.value(f"SELECT state FROM mobility_application WHERE id = {pk}")
    assert state in ("confirmed", "declined")
    said = "'mobility.place.confirmed', 'mobility.place.declined'"
    entries = f"SELECT COUNT(*) FROM audit_entry WHERE action IN ({said}) AND subject_id = {pk}"
    assert site.value(entries) == 1


def test_places_are_computed_once_by_a_double_click_and_adopted_once_by_two(site: Site) -> None:
    call = site.facts["placing"]
    path = f"/o/alatoo/calls/{call}/placing/"
    once = str(BeautifulSoup(site.ask(path)[1], "html.parser").select_one("input[name=once]")["value"])  # type: ignore[index]
    data = {**site.form(path), "seed": 7, "once": once}
    assert pressed([site.press(path, data)] * PEOPLE) == {302: PEOPLE}
    runs = site.here.rows(f"SELECT id, number FROM mobility_placingrun WHERE call_id = {call}")
    assert [number for _pk, number in runs] == [1]
    # Four officers, each with a click of their own.
    again = {key: value for key, value in data.items() if key != "once"}
    pressed([site.press(path, {**again, "seed": at}, who=at % 2) for at in range(PEOPLE)])
    numbers = [
        row[0] for row in site.here.rows(f"SELECT number FROM mobility_placingrun WHERE call_id = {call}")
    ]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    adopt = f"/o/alatoo/runs/{runs[0][0]}/adopt/"
    pressed([site.press(adopt, {}, who=at % 2) for at in range(PEOPLE)])
    adopted = f"SELECT COUNT(*) FROM mobility_placingrun WHERE call_id = {call} AND adopted_at IS NOT NULL"
    assert site.value(adopted) == 1
    offered = f"SELECT COUNT(*) FROM mobility_application WHERE call_id = {call} AND state = 'placed'"
    assert site.value(offered) == 2


def test_agreements_signed_at_once_bear_numbers_in_a_row(site: Site) -> None:
    acts = []
    for pk in site.facts["agreements"]:
        path = f"/o/alatoo/agreements/{pk}/sign/"
        data = {**site.form(path), "home_signer": "Elmira", "home_signer_post": "Rector", "home_authority": "Charter",
                "partner_signer": "Deniz", "partner_signer_post": "Rector", "number": ""}  # fmt: skip
        acts += [site.press(path, data, who=who) for who in (0, 1)]
    pressed(acts)
    chosen = ", ".join(map(str, site.facts["agreements"]))
    signed = site.here.rows(f"SELECT number, state FROM partners_agreement WHERE id IN ({chosen})")
    assert {state for _number, state in signed} == {"in_force"}
    numbers = sorted(int(number.rpartition("-")[2].rpartition("/")[2]) for number, _state in signed)
    assert numbers == list(range(numbers[0], numbers[0] + PARTNERS))


def test_a_list_taken_by_four_is_taken_once(site: Site) -> None:
    before = site.value("SELECT COUNT(*) FROM partners_partnership")
    path = f"/o/alatoo/imports/{site.facts['list']}/take/"
    pressed([site.press(path, {}, who=at % 2) for at in range(PEOPLE)])
    assert site.value("SELECT COUNT(*) FROM partners_partnership") == before + ROWS


def test_points_of_two_reviewers_both_count(site: Site) -> None:
    pk = site.facts["judged"]
    path = f"/o/alatoo/applications/{pk}/review/"
    opened = [site.form(path, who=who) for who in (0, 1)]
    acts = [site.press(path, {**opened[who], "talk": 4 + 4 * who}, who=who) for who in (0, 1, 0, 1)]
    answers = pressed(acts)
    assert answers == {302: 2, 422: 2}
    assert site.value(f"SELECT COUNT(*) FROM mobility_review WHERE application_id = {pk}") == 2
    parts = site.value(f"SELECT score_parts FROM mobility_application WHERE id = {pk}")
    lines = json.loads(parts) if isinstance(parts, str) else parts
    assert next(float(one["value"]) for one in lines if one["code"] == "talk") == 6


def test_partners_answer_by_their_links_counts_once(site: Site) -> None:
    key, pk = site.facts["partner"], site.facts["waiting"]
    data = {"answer": "yes", "remark": "", "digest": site.facts["digest"]}
    pressed([site.press(f"/l/{key}/agreement/", data, who=None)] * PEOPLE)
    assert site.value(f"SELECT state FROM partners_agreement WHERE id = {pk}") == "approved"
    answered = (
        f"SELECT COUNT(*) FROM audit_entry WHERE action = 'partners.agreement.answered' AND subject_id = {pk}"
    )
    assert site.value(answered) == 4  # three of ours and the partner
    stay = site.facts["stay"]
    sent = {"do": "send", f"e{stay}-answer": "yes", f"e{stay}-remark": ""}
    pressed([site.press(f"/l/{site.facts['nominations']}/nominations/", sent, who=None)] * PEOPLE)
    assert site.value(f"SELECT state FROM mobility_exchange WHERE id = {stay}") == "accepted"
    entries = f"SELECT COUNT(*) FROM audit_entry WHERE action = 'mobility.exchange.answered' AND subject_id = {stay}"
    assert site.value(entries) == 1
