"""The copy of what is held about a person, and erasing it: what goes, what stays, who may."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import IntegrityError, models, transaction
from pypdf import PdfReader

from sapar.accounts.actors import System
from sapar.accounts.models import SignedLink
from sapar.accounts.queries import link_by_key
from sapar.accounts.services import give_consent
from sapar.accounts.states import ConsentKind, LinkPurpose, Role
from sapar.audit.models import Entry
from sapar.audit.queries import timeline
from sapar.core.errors import IllegalMove, NotAllowed
from sapar.core.queue import forget
from sapar.directory.models import Person
from sapar.directory.services.people import PersonEntry, change_person
from sapar.files.models import Paper, StoredFile
from sapar.files.queries import content_of
from sapar.files.sniffing import XLSX
from sapar.formats.tables import write_xlsx
from sapar.mobility.errors import ErasedAlready, StillUnderWay
from sapar.mobility.models import (
    Appeal,
    Application,
    Erasure,
    Exchange,
    LearningAgreement,
    RecognitionCase,
    Review,
    StayImport,
    Transcript,
    Visitor,
)
from sapar.mobility.personal.holdings import HOLDINGS, Fate
from sapar.mobility.policies import may_confirm_erasure, may_copy_person
from sapar.mobility.services.applications import (
    Draft,
    Identity,
    accept_papers,
    add_paper,
    begin_application,
    reopen_application,
    save_draft,
    withdraw_application,
)
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.earlier import bring_stays
from sapar.mobility.services.endings import cancel_exchange
from sapar.mobility.services.erasures import (
    ask_erasure,
    confirm_erasure,
    copy_person,
    erasure_preview,
    withdraw_erasure,
)
from sapar.mobility.services.exchanges import add_stay_file, make_exchange_link
from sapar.mobility.services.messages import write_message
from sapar.mobility.services.placing import adopt_run, run_placing
from sapar.mobility.services.placing.papers import issue_minutes
from sapar.mobility.services.stay_papers import issue_stay_certificate
from sapar.mobility.services.studies import keep_sheet
from sapar.mobility.states import ApplicationState, EndReason, ErasureGround, ErasureState, ExchangeState
from tests.cast import LATER, NOW, Cast, grant, make_user
from tests.mobility.stays import key_for, nominated_stay, stay_with_transcript
from tests.story import apply, open_call_with, partner_in_force, student

MARK = "Qumursqa"  # nobody and nothing else is called so
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def marked(cast: Cast) -> Exchange:
    """A finished stay whose every corner bears the mark."""
    stay = stay_with_transcript(cast, given=MARK)
    person = stay.person
    entry = PersonEntry(
        passport_surname=f"{MARK}ova", passport_given=MARK, email=f"{MARK.lower()}@example.org",
        phone=f"+996 {MARK}", passport_number=f"AN{MARK}",
        local_names=({"language": "ru", "surname": f"{MARK}", "given": f"{MARK}", "patronymic": ""},),
    )  # fmt: skip
    person = change_person(person, entry, by=cast.officer, at=NOW)
    stay.refresh_from_db()
    key_for(stay, LinkPurpose.FOLLOW_STAY, cast)
    make_exchange_link(
        stay,
        LinkPurpose.FOLLOW_STAY,
        name=f"{MARK} H",
        email=person.email,
        mail=True,
        by=cast.officer,
        at=NOW,
    )
    write_message(stay, f"Dear {MARK}", by=cast.officer, at=NOW)
    add_stay_file(stay, f"{MARK} writes".encode(), f"{MARK}.txt", by=cast.officer, at=NOW)
    issue_stay_certificate(stay, by=cast.officer, at=LATER)
    applied(cast, stay)
    sheets(cast, stay)
    give_consent(cast.office, person.pk, next(iter(ConsentKind)), text="I agree.", language="en", at=NOW)
    Exchange.objects.filter(pk=stay.pk).update(
        state=ExchangeState.RECOGNISED, answer_remark=MARK, end_words=MARK, person_search=MARK.lower()
    )
    LearningAgreement.objects.filter(exchange=stay).update(
        note=MARK, remark=MARK, remark_by=MARK, sketch=[MARK]
    )
    for version in stay.learning_agreements.all():
        version.snapshot = {**(version.snapshot or {}), "person": f"{MARK}ova"}
        version.save()
        version.signatures.filter(party="student").update(name=MARK)
    stay.refresh_from_db()
    return stay


def applied(cast: Cast, stay: Exchange) -> None:
    """An application with all that somebody can type, and another one that was only begun and keeps itself."""
    partner = partner_in_force(cast, "Izmir Demo University")
    application, link = apply(open_call_with(cast, partner), stay.enrolment)  # type: ignore[arg-type]
    application.call.documents = [{"code": "d1", "title": "Transcript", "required": False}]
    application.call.save()
    reopen_application(application, by=link, at=NOW)
    add_paper(application, "d1", f"{MARK} writes".encode(), f"{MARK}-own.txt", by=link, at=NOW)
    typed = {"motivation": MARK, "answers": {"q": MARK}, "languages": [{"language": MARK}], "office_note": MARK,
             "asked_for": MARK, "rejection_reason": MARK, "facts": {"said": MARK}}  # fmt: skip
    Application.objects.filter(pk=application.pk).update(**typed, state=ApplicationState.WITHDRAWN)
    Appeal.objects.create(office=cast.office, application=application, text=MARK, answer=MARK, made_at=NOW)
    Review.objects.create(
        office=cast.office, application=application, reviewer=cast.officer, points={}, remark=MARK, given_at=NOW
    )  # fmt: skip
    write_message(application, f"Dear {MARK}", by=cast.officer, at=NOW)
    begun = begin_application(
        open_call_with(cast, partner_in_force(cast, "Bursa Demo University")),
        Identity(email=f"{MARK}@example.org", student_number=stay.enrolment.student_number),  # type: ignore[union-attr]
        consent_text="I agree.",
        by=System("application form"),
        at=NOW,
    )
    own = link_by_key(begun.key, LinkPurpose.APPLY, at=NOW)
    save_draft(begun.application, Draft(motivation=f"I, {MARK}"), revision=0, by=own, at=NOW)


def sheets(cast: Cast, stay: Exchange) -> None:
    """Lists that name the person: taken, only looked at, and one of the student system; and one that does not."""
    rows = f"ФИО студента;ВУЗ-партнёр;Учебный год;Семестр\n{MARK}ova {MARK};Ankara Demo University;2022/23;осень\n"
    for text in (rows, rows.replace(MARK, "Somebody")):
        batch = bring_stays(text.encode(), "list.csv", office=cast.office, by=cast.officer, at=NOW)
        StayImport.objects.filter(pk=batch.pk).update(refused=[{"row": 2, "value": text}])
    number = stay.enrolment.student_number  # type: ignore[union-attr]
    table = write_xlsx({"s": (["student number", "surname", "gpa"], [[number, f"{MARK}ova", "3.5"]])})
    keep_sheet(table, "students.xlsx", office=cast.office, by=cast.officer, at=NOW)


def erased(cast: Cast, stay: Exchange) -> Erasure:
    asked = ask_erasure(stay.person, ErasureGround.REQUEST, by=cast.officer, at=LATER)
    return confirm_erasure(asked, by=cast.administrator, at=LATER)


def places_with(mark: str) -> Iterator[str]:
    """Every table with a cell that holds the mark, decrypted ones included, and every file."""
    for model in apps.get_models():
        for row in model._default_manager.all():
            cells = (str(getattr(row, one.attname)) for one in model._meta.concrete_fields)
            if any(mark.lower() in cell.lower() for cell in cells):
                yield model._meta.label
                break
    for stored in StoredFile.objects.all():
        if any(mark.lower() in text.lower() for text in texts_of(content_of(stored))):
            yield f"{stored.purpose} {stored.media_type}"


def texts_of(content: bytes) -> Iterator[str]:
    """What a reader of a file can find in it, packed and drawn text too."""
    yield content.decode("utf-8", "ignore")
    if content.startswith(b"PK"):
        with ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    elif content.startswith(b"%PDF"):
        read = PdfReader(io.BytesIO(content))
        yield " ".join([*(page.extract_text() for page in read.pages), str(read.metadata)])


def test_mark_is_everywhere_before_and_only_in_the_trail_after(
    cast: Cast, marked: Exchange, django_capture_on_commit_callbacks: Any
) -> None:
    before = set(places_with(MARK))
    assert {"directory.Person", "directory.FormerName", "mobility.Exchange", "mobility.Message", "files.StoredFile",
            "accounts.SignedLink", "mobility.LearningAgreement", "mobility.Signature", "audit.Entry",
            "django_tasks_database.DBTaskResult", "mobility.Application", "mobility.Appeal", "mobility.Review",
            "mobility.StayImport", "attachment text/plain", "application:d1 text/plain",
            "stay_certificate application/pdf", "stay_list text/plain", f"studies {XLSX}"} <= before  # fmt: skip
    contents = [str(one.content.name) for one in StoredFile.objects.exclude(purpose="agreement")]
    with django_capture_on_commit_callbacks(execute=True):
        erased(cast, marked)
    assert set(places_with(MARK)) == {"audit.Entry"}
    # A list that does not name the person is as it was.
    left = StoredFile.objects.filter(content__in=[name for name in contents if default_storage.exists(name)])
    assert [(one.purpose, "Somebody" in content_of(one).decode()) for one in left] == [("stay_list", True)]
    assert [len(one.refused) for one in StayImport.objects.order_by("pk")] == [0, 1]


def test_figures_and_decisions_keep_their_rows_without_the_name(cast: Cast, marked: Exchange) -> None:
    done = erased(cast, marked)
    marked.refresh_from_db()
    person = Person.objects.get(pk=marked.person_id)
    assert (person.display_name, person.email, person.passport_number) == (f"№ {person.pk}", "", "")
    assert (marked.state, marked.arrived_on is not None) == (ExchangeState.RECOGNISED, True)
    assert marked.transcripts.get().lines.get().mark == "A-"
    assert (done.state, done.counts["messages"]) == (ErasureState.DONE, 2)
    assert Paper.objects.get(kind="stay_certificate").state == "revoked"
    assert not SignedLink.objects.filter(purpose=LinkPurpose.FOLLOW_STAY, revoked_at=None).exists()


def test_trail_says_that_it_was_done_and_not_what_stood_there(cast: Cast, marked: Exchange) -> None:
    erased(cast, marked)
    entry = timeline(marked.person).first()
    assert entry is not None
    assert (entry.action, entry.user) == ("mobility.person.erased", cast.administrator)
    assert MARK not in json.dumps(entry.data)


def test_marks_in_packed_and_drawn_text_are_found(cast: Cast, marked: Exchange) -> None:
    """Otherwise the search above would find nothing where something is."""
    issued = Paper.objects.get(kind="stay_certificate").file
    assert MARK.encode() not in content_of(issued)
    assert MARK.lower() in " ".join(texts_of(content_of(issued))).lower()


def test_papers_of_decisions_are_kept(cast: Cast, marked: Exchange) -> None:
    Paper.objects.filter(kind="stay_certificate").update(kind="recognition_order")
    paper = Paper.objects.get(kind="recognition_order")
    erased(cast, marked)
    paper.refresh_from_db()
    assert (paper.state, paper.file.media_type) == ("valid", "application/pdf")


def test_minutes_about_many_stay_and_the_preview_says_so(cast: Cast) -> None:
    application, _link = apply(open_call_with(cast, partner_in_force(cast)), student(cast, MARK, "3.9"))
    accept_papers(application, by=cast.officer, at=NOW)
    call = close_call(application.call, by=cast.officer, at=NOW)
    run = adopt_run(run_placing(call, seed=7, by=cast.officer, at=NOW), by=cast.officer, at=NOW)
    minutes = issue_minutes(run, by=cast.officer, at=NOW)
    withdraw_application(Application.objects.get(pk=application.pk), by=cast.officer, at=NOW)
    person = application.person
    lines = {str(line.title): line for line in erasure_preview(person)}
    assert (lines["Minutes of the giving of places"].rows, lines["Minutes of the giving of places"].fate) == (
        1,
        Fate.STAYS,
    )
    asked = ask_erasure(person, ErasureGround.REQUEST, by=cast.officer, at=LATER)
    confirm_erasure(asked, by=cast.administrator, at=LATER)
    minutes.refresh_from_db()
    assert (minutes.state, set(places_with(MARK))) == (
        "valid", {"audit.Entry", "placing_minutes application/pdf"}
    )  # fmt: skip
    copied = ZipFile(io.BytesIO(copy_person(person, by=cast.officer, at=LATER)))
    assert not any("placing_minutes" in name for name in copied.namelist())


def test_second_person_confirms_and_the_first_cannot(cast: Cast, marked: Exchange) -> None:
    asked = ask_erasure(marked.person, ErasureGround.RETENTION, by=cast.administrator, at=LATER)
    answers = [
        may_confirm_erasure(who, asked)
        for who in (cast.administrator, cast.officer, cast.reader, cast.other_officer)
    ]
    assert answers == [False, False, False, False]
    with pytest.raises(NotAllowed):
        confirm_erasure(asked, by=cast.administrator, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.filter(pk=asked.pk).update(state=ErasureState.DONE, answered_by=cast.administrator)
    second = make_user("Second")
    grant(second, cast.office, Role(cast.administrator.grants.get().role))
    assert confirm_erasure(asked, by=second, at=LATER).state == ErasureState.DONE
    with pytest.raises(IllegalMove):
        confirm_erasure(asked, by=second, at=LATER)


def test_what_is_given_up_may_be_asked_again_and_nothing_is_asked_twice(cast: Cast, marked: Exchange) -> None:
    asked = ask_erasure(marked.person, ErasureGround.REQUEST, by=cast.officer, at=LATER)
    with pytest.raises(ErasedAlready):
        ask_erasure(marked.person, ErasureGround.REQUEST, by=cast.officer, at=LATER)
    withdraw_erasure(asked, by=cast.officer, at=LATER)
    with pytest.raises(IllegalMove):
        confirm_erasure(asked, by=cast.administrator, at=LATER)
    assert ask_erasure(marked.person, ErasureGround.REQUEST, by=cast.officer, at=LATER).pk != asked.pk


def test_nobody_is_erased_while_something_is_under_way(cast: Cast) -> None:
    stay = nominated_stay(cast)
    with pytest.raises(StillUnderWay):
        ask_erasure(stay.person, ErasureGround.REQUEST, by=cast.officer, at=NOW)
    cancel_exchange(stay, reason=EndReason.GAVE_UP, by=cast.officer, at=NOW)
    assert ask_erasure(stay.person, ErasureGround.REQUEST, by=cast.officer, at=NOW).state == "asked"


def test_preview_changes_nothing_and_says_why_something_stays(cast: Cast, marked: Exchange) -> None:
    lines = {str(line.title): line for line in erasure_preview(marked.person)}
    assert lines["Messages"].fate is Fate.GOES
    assert lines["Marks"].fate is Fate.STAYS
    assert all(line.why for line in lines.values() if line.fate is Fate.STAYS)
    assert Person.objects.get(pk=marked.person_id).passport_number == f"AN{MARK}"


def test_copy_of_the_office_holds_everything_and_that_of_a_link_less(cast: Cast, marked: Exchange) -> None:
    whole = ZipFile(io.BytesIO(copy_person(marked.person, by=cast.officer, at=LATER)))
    data = json.loads(whole.read("data.json"))
    assert data["person"][0]["passport_number"] == f"AN{MARK}"
    assert data["messages"][0]["text"] == f"Dear {MARK}"
    names = whole.namelist()
    assert {"README.txt", "tables/stays.csv", "tables/transcript_lines.csv"} <= set(names)
    assert any(name.endswith(f"{MARK}.txt") for name in names)
    link = key_for(marked, LinkPurpose.FOLLOW_STAY, cast)
    own = ZipFile(io.BytesIO(copy_person(marked.person, by=link, at=LATER)))
    assert "passport_number" not in json.loads(own.read("data.json"))["person"][0]
    assert not any(name.endswith(f"{MARK}.txt") for name in own.namelist())
    assert any("stay_certificate" in name for name in own.namelist())
    assert "tables/signatures.csv" in own.namelist()


def test_copy_is_for_the_office_and_the_person_alone(cast: Cast, marked: Exchange) -> None:
    other = nominated_stay(cast, given="Bek")
    foreign = key_for(other, LinkPurpose.FOLLOW_STAY, cast)
    partner = key_for(marked, LinkPurpose.SIGN_LEARNING_AGREEMENT, cast)
    for who in (foreign, partner, cast.reader, cast.coordinator, cast.nobody, cast.other_officer):
        assert not may_copy_person(who, marked.person)
        with pytest.raises(NotAllowed):
            copy_person(marked.person, by=who, at=LATER)
    assert not Entry.objects.filter(action="mobility.person.copied").exists()


def test_every_table_about_a_person_is_among_the_holdings() -> None:
    """Whatever points to a person or to what belongs to one is handed out and has a fate."""
    about: set[type[models.Model]] = {Person}
    roots = {Person, Application, Exchange, LearningAgreement, Transcript, RecognitionCase, Visitor}
    for model in apps.get_models():
        if any(one.related_model in roots for one in model._meta.concrete_fields):
            about.add(model)
    assert about - {one.model for one in HOLDINGS} == {Erasure}


def test_emptied_columns_exist_and_what_stays_says_why() -> None:
    for one in HOLDINGS:
        columns = {field.name for field in one.model._meta.concrete_fields}
        assert {*one.emptied, *one.kept_back, *one.by_office_only} <= columns
        assert (one.fate is Fate.STAYS) == bool(one.why)


@pytest.mark.parametrize("lead", ["", "x"], ids=["another address", "an address that ends alike"])
def test_letters_of_others_stay_in_the_queue(cast: Cast, marked: Exchange, lead: str) -> None:
    """Of a namesake, and of somebody whose address holds the whole address of the one who is erased."""
    other = nominated_stay(cast, given="Bek")
    address = f"{lead}{marked.person.email}" if lead else "bek@example.org"
    make_exchange_link(
        other,
        LinkPurpose.FOLLOW_STAY,
        name=marked.person.display_name,
        email=address,
        mail=True,
        by=cast.officer,
        at=NOW,
    )
    erased(cast, marked)
    assert forget([address.upper()]) == 1
