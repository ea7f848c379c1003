"""Applications: who gets the key, what is kept, what is refused, who may do what in which state."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone

from sapar.accounts.actors import Actor, System
from sapar.accounts.models import Consent, SignedLink
from sapar.accounts.queries import link_by_key
from sapar.accounts.states import LinkPurpose, Role
from sapar.core.errors import BadInput, ChangedMeanwhile, IllegalMove, NotAllowed
from sapar.directory.models import Enrolment
from sapar.files.errors import FileTypeRefused
from sapar.files.models import StoredFile
from sapar.mobility.errors import (
    ApplicationIncomplete,
    CallNotOpen,
    NoAddress,
    ReasonMissing,
    TooManyWishes,
    UnknownDocument,
)
from sapar.mobility.models import Application, Call
from sapar.mobility.policies import (
    may_check_application,
    may_review,
    may_view_application,
    may_write_application,
)
from sapar.mobility.queries.calls import applications_visible_to
from sapar.mobility.services.applications import (
    Draft,
    Identity,
    accept_many,
    accept_papers,
    add_paper,
    ask_for_completion,
    ask_for_link,
    begin_application,
    invite_again,
    reject_application,
    remove_paper,
    reopen_application,
    review_application,
    save_draft,
    submit_application,
    withdraw_application,
)
from sapar.mobility.services.applications.writing import answer_request
from sapar.mobility.services.calls import close_call, take_places
from sapar.mobility.services.messages import read_messages, write_message
from sapar.mobility.states import ApplicationState
from tests.cast import NOW, Cast, grant, make_user
from tests.mobility.draining import drain
from tests.story import open_call_with, partner_in_force, student

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
_A = ApplicationState


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's clock stands at the tests' NOW."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def call(cast: Cast) -> Call:
    made = open_call_with(cast, partner_in_force(cast))
    made.documents = [{"code": "transcript", "title": "Transcript of records", "required": True}]
    made.scoring = [
        *made.scoring,
        {"code": "talk", "label": "Interview", "source": "review", "weight": "10", "least": "0", "most": "5"},
    ]
    made.save()
    drain()
    mail.outbox.clear()
    return made


def begun(cast: Cast, call: Call, name: str = "Aida") -> tuple[Application, SignedLink]:
    enrolment = student(cast, name, "3.5")
    made = begin_application(
        call,
        Identity(email="typed@example.org", student_number=enrolment.student_number),
        consent_text="I agree.",
        by=System("application form"),
        at=NOW,
    )
    return made.application, link_by_key(made.key, LinkPurpose.APPLY, at=NOW)


def submitted(cast: Cast, call: Call, name: str = "Aida") -> tuple[Application, SignedLink]:
    application, link = begun(cast, call, name)
    draft = Draft(wishes=list(call.places.order_by("pk")), motivation="I want to learn.")
    application = save_draft(application, draft, revision=0, by=link, at=NOW)
    add_paper(application, "transcript", PDF, "t.pdf", by=link, at=NOW)
    return submit_application(application, by=link, at=NOW), link


def ask(call: Call, number: str) -> None:
    ask_for_link(call, number, consent_text="I agree to everything.", language="ru", at=NOW)


def test_the_key_goes_to_the_address_on_record_and_the_consent_is_kept(cast: Cast, call: Call) -> None:
    student(cast, "Aida", "3.5", number="S-77")
    ask(call, " S-77 ")
    assert not Application.objects.exists()
    drain()
    application = Application.objects.get()
    assert [letter.to for letter in mail.outbox] == [["aida@example.org"]]
    assert "/l/" in mail.outbox[0].body
    assert Consent.objects.get(person_id=application.person_id).text == "I agree to everything."
    # The key stands in the letter alone.
    key = mail.outbox[0].body.split("/l/")[1].split("/")[0]
    assert link_by_key(key, LinkPurpose.APPLY, at=application.begun_at).subject_id == application.pk
    assert not SignedLink.objects.filter(key_hash=key).exists()


def test_nobody_learns_whether_a_number_is_known(cast: Cast, call: Call) -> None:
    student(cast, "Aida", "3.5", number="S-77")
    for number in ("S-77", "S-unknown", ""):
        ask(call, number)
    assert mail.outbox == []
    drain()
    assert len(mail.outbox) == 1


def test_asking_again_brings_one_letter_in_ten_minutes(cast: Cast, call: Call) -> None:
    student(cast, "Aida", "3.5", number="S-77")

    def wanted(minutes: int) -> bool:
        at = NOW + timedelta(minutes=minutes)
        return answer_request(call, "S-77", consent_text="Yes", language="en", at=at) is not None

    assert [wanted(minutes) for minutes in (0, 1, 9, 11)] == [True, False, False, True]
    assert Application.objects.count() == 1


def test_a_student_without_address_gets_no_key_at_the_typed_one(cast: Cast, call: Call) -> None:
    enrolment = student(cast, "Aida", "3.5", number="S-77")
    enrolment.person.email = ""
    enrolment.person.save()
    ask(call, "S-77")
    drain()
    assert (mail.outbox, Application.objects.count()) == ([], 0)
    application, _link = begun(cast, call, "Bek")
    application.person.email = ""
    application.person.save()
    with pytest.raises(NoAddress):
        invite_again(application, by=cast.officer, at=NOW)


def test_a_student_of_another_office_is_unknown_here(cast: Cast, call: Call) -> None:
    enrolment = student(cast, "Aida", "3.5", number="S-77")
    enrolment.office = cast.other_office
    enrolment.save()
    ask(call, "S-77")
    drain()
    assert mail.outbox == []


def test_no_application_begins_before_or_after_the_call(cast: Cast, call: Call) -> None:
    student(cast, "Aida", "3.5", number="S-77")
    who = Identity(email="a@example.org", student_number="S-77")
    for at in (NOW - timedelta(days=2), NOW + timedelta(days=30)):
        with pytest.raises(CallNotOpen):
            begin_application(call, who, consent_text="", by=System("form"), at=at)
    with pytest.raises(CallNotOpen):
        ask_for_link(call, "S-77", consent_text="", language="en", at=NOW - timedelta(days=2))


def test_a_page_opened_before_a_change_keeps_nothing_over_it(cast: Cast, call: Call) -> None:
    application, link = begun(cast, call)
    saved = save_draft(application, Draft(motivation="First."), revision=0, by=link, at=NOW)
    with pytest.raises(ChangedMeanwhile):
        save_draft(application, Draft(motivation="From an old page."), revision=0, by=link, at=NOW)
    again = save_draft(application, Draft(motivation="First."), revision=0, by=link, at=NOW)
    assert (saved.revision, again.revision, again.motivation) == (1, 1, "First.")


def test_wishes_are_places_of_the_call_each_once_and_not_too_many(cast: Cast, call: Call) -> None:
    application, link = begun(cast, call)
    second_partner = partner_in_force(cast, "Bosporus Demo University")
    take_places(call, second_partner.outgoing, seats=1, by=cast.officer, at=NOW)
    first, second = call.places.order_by("pk")
    for wishes in ([first, first], [first, second, first]):
        with pytest.raises(TooManyWishes):
            save_draft(application, Draft(wishes=wishes), revision=0, by=link, at=NOW)
    call.most_wishes = 1
    call.save()
    with pytest.raises(TooManyWishes):
        save_draft(application, Draft(wishes=[first, second]), revision=0, by=link, at=NOW)
    save_draft(application, Draft(wishes=[second]), revision=0, by=link, at=NOW)
    assert list(application.wishes.values_list("place", "rank")) == [(second.pk, 1)]


def test_what_is_missing_is_said_in_words(cast: Cast, call: Call) -> None:
    application, link = begun(cast, call)
    with pytest.raises(ApplicationIncomplete) as refused:
        submit_application(application, by=link, at=NOW)
    assert "at least one wish, the motivation, Transcript of records" in str(refused.value)


def test_papers_are_sniffed_replaced_and_belong_to_the_call(cast: Cast, call: Call) -> None:
    application, link = begun(cast, call)
    with pytest.raises(FileTypeRefused):
        add_paper(application, "transcript", b"MZ\x00\x90", "t.pdf", by=link, at=NOW)
    with pytest.raises(UnknownDocument):
        add_paper(application, "photo", PDF, "t.pdf", by=link, at=NOW)
    first = add_paper(application, "transcript", PDF, "one.pdf", by=link, at=NOW)
    second = add_paper(application, "transcript", PDF + b"2", "two.pdf", by=link, at=NOW)
    assert (second.file.replaces_id, application.papers.count()) == (first.file_id, 1)
    remove_paper(application, "transcript", by=link, at=NOW)
    assert (application.papers.count(), StoredFile.objects.count()) == (0, 2)


def test_submitted_is_frozen_confirmed_by_letter_and_may_come_back(cast: Cast, call: Call) -> None:
    application, link = submitted(cast, call)
    drain()
    assert application.number in mail.outbox[-1].body
    assert application.facts["gpa"] == "3.50"
    Enrolment.objects.filter(applications=application).update(gpa=Decimal("1.00"))
    application.refresh_from_db()
    assert application.facts["gpa"] == "3.50"
    with pytest.raises(IllegalMove):
        save_draft(application, Draft(motivation="Later"), revision=application.revision, by=link, at=NOW)
    assert reopen_application(application, by=link, at=NOW).state == _A.DRAFT
    with pytest.raises(CallNotOpen):
        submit_application(application, by=link, at=NOW + timedelta(days=30))


def test_points_are_checked_against_the_sheet_and_averaged(cast: Cast, call: Call) -> None:
    application, _link = submitted(cast, call)
    second = make_user("Reviewer")
    grant(second, cast.office, Role.REVIEWER)
    for points in ({"talk": Decimal("5.1")}, {"talk": Decimal(-1)}, {"gpa": Decimal(1)}):
        with pytest.raises(BadInput):
            review_application(application, points, by=cast.officer, at=NOW)
    review_application(application, {"talk": Decimal(4)}, by=cast.officer, at=NOW)
    review_application(application, {"talk": Decimal(5)}, by=second, at=NOW)
    review_application(application, {"talk": Decimal(2)}, by=second, at=NOW)
    application.refresh_from_db()
    assert application.reviews.count() == 2
    # GPA 3.5 of 4 gives 87.5; the mean of 4 and 2 gives 3 of 5, times 10.
    assert application.score == Decimal("93.500")


def test_returned_while_open_goes_back_to_the_applicant(cast: Cast, call: Call) -> None:
    application, link = submitted(cast, call)
    drain()
    with pytest.raises(ReasonMissing):
        ask_for_completion(application, what=" ", by=cast.officer, at=NOW)
    application = ask_for_completion(
        application, what="The transcript has no stamp.", by=cast.officer, at=NOW
    )
    assert (application.state, application.asked_for) == (_A.DRAFT, "The transcript has no stamp.")
    drain()
    assert "The transcript has no stamp." in mail.outbox[-1].body
    application = submit_application(application, by=link, at=NOW)
    assert (application.asked_for, application.asked_at, application.state) == ("", None, _A.SUBMITTED)


def test_returned_after_the_call_takes_papers_only(cast: Cast, call: Call) -> None:
    application, link = submitted(cast, call)
    accept_papers(application, by=cast.officer, at=NOW)
    close_call(call, by=cast.officer, at=NOW)
    application = ask_for_completion(application, what="No stamp.", by=cast.officer, at=NOW)
    assert application.state == _A.SUBMITTED
    add_paper(application, "transcript", PDF + b"new", "new.pdf", by=link, at=NOW)
    application.refresh_from_db()
    assert application.asked_at is None
    with pytest.raises(IllegalMove):
        save_draft(application, Draft(motivation="x"), revision=application.revision, by=link, at=NOW)


def test_rejection_needs_a_reason_and_tells_it(cast: Cast, call: Call) -> None:
    application, _link = submitted(cast, call)
    with pytest.raises(ReasonMissing):
        reject_application(application, reason="", by=cast.officer, at=NOW)
    reject_application(application, reason="Not a student of ours.", by=cast.officer, at=NOW)
    drain()
    assert "Not a student of ours." in mail.outbox[-1].body


def test_many_are_accepted_at_once_and_only_those_that_wait(cast: Cast, call: Call) -> None:
    made = [submitted(cast, call, name)[0] for name in ("Aida", "Bek", "Cyn")]
    withdraw_application(made[2], by=cast.officer, at=NOW)
    made[2].refresh_from_db()
    assert len(accept_many(made, by=cast.officer, at=NOW)) == 2
    with pytest.raises(NotAllowed):
        accept_many([submitted(cast, call, "Dan")[0]], by=cast.reader, at=NOW)


def test_messages_go_both_ways_and_are_read_by_the_other_side(cast: Cast, call: Call) -> None:
    application, link = begun(cast, call)
    with pytest.raises(ReasonMissing):
        write_message(application, "  ", by=link, at=NOW)
    write_message(application, "When do I hear from you?", by=link, at=NOW)
    write_message(application, "In November.", by=cast.officer, at=NOW)
    drain()
    assert "In November." in mail.outbox[-1].body
    assert read_messages(application, by=link, at=NOW) == 1
    assert read_messages(application, by=cast.officer, at=NOW) == 1
    assert read_messages(application, by=cast.officer, at=NOW) == 0


def test_message_sent_twice_is_one_message_and_one_letter(cast: Cast, call: Call) -> None:
    application, link = begun(cast, call)
    drain()
    mail.outbox.clear()
    first = write_message(application, "In November.", by=cast.officer, at=NOW)
    again = write_message(application, "In November. ", by=cast.officer, at=NOW + timedelta(seconds=59))
    drain()
    assert (again, len(mail.outbox)) == (first, 1)
    # Other words, other people and a later hour are messages of their own.
    write_message(application, "In December.", by=cast.officer, at=NOW)
    write_message(application, "In November.", by=link, at=NOW)
    write_message(application, "In November.", by=cast.officer, at=NOW + timedelta(minutes=1))
    assert application.messages.count() == 4


def test_letters_speak_the_applicants_language(cast: Cast, call: Call) -> None:
    application, _link = begun(cast, call)
    application.person.language = "ru"
    application.person.save()
    invite_again(application, by=cast.officer, at=NOW)
    drain()
    assert call.title in mail.outbox[-1].subject
    assert mail.outbox[-1].to == ["aida@example.org"]


def test_role_by_role_who_may(cast: Cast, call: Call) -> None:
    """Rows: actor; columns: view, write, check, review."""
    application, link = submitted(cast, call)
    _other, other_link = submitted(cast, call, "Bek")
    reviewer = make_user("Reviewer")
    grant(reviewer, cast.office, Role.REVIEWER)
    foreign = make_user("Foreign")
    grant(foreign, cast.office, Role.COORDINATOR, cast.economics)
    table: dict[str, tuple[Actor, str]] = {
        "officer": (cast.officer, "1111"),
        "administrator": (cast.administrator, "1111"),
        "reviewer": (reviewer, "1001"),
        "coordinator of the faculty": (cast.coordinator, "1001"),
        "coordinator of another faculty": (foreign, "0000"),
        "rector": (cast.rector, "1000"),
        "reader": (cast.reader, "1000"),
        "nobody": (cast.nobody, "0000"),
        "officer of another office": (cast.other_officer, "0000"),
        "applicant": (link, "1100"),
        "another applicant": (other_link, "0000"),
    }
    policies = (may_view_application, may_write_application, may_check_application, may_review)
    found = {
        name: "".join(str(int(policy(actor, application))) for policy in policies)
        for name, (actor, _wanted) in table.items()
    }
    assert found == {name: wanted for name, (_actor, wanted) in table.items()}
    seen = {
        name: applications_visible_to(actor, cast.office).count() for name, (actor, _wanted) in table.items()
    }
    assert seen["coordinator of the faculty"] == 2
    assert seen["coordinator of another faculty"] == seen["nobody"] == seen["officer of another office"] == 0
