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

from sapar.accounts.models import SignedLink
from sapar.accounts.services import give_consent
from sapar.accounts.states import ConsentKind, LinkPurpose, Role
from sapar.audit.models import Entry
from sapar.audit.queries import timeline
from sapar.core.errors import IllegalMove, NotAllowed
from sapar.core.queue import forget
from sapar.directory.models import Person
from sapar.directory.services.people import PersonEntry, change_person
from sapar.files.models import Paper, StoredFile
from sapar.mobility.errors import ErasedAlready, StillUnderWay
from sapar.mobility.models import (
    Application,
    Erasure,
    Exchange,
    LearningAgreement,
    RecognitionCase,
    Transcript,
    Visitor,
)
from sapar.mobility.personal.holdings import HOLDINGS, Fate
from sapar.mobility.policies import may_confirm_erasure, may_copy_person
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
from sapar.mobility.services.stay_papers import issue_stay_certificate
from sapar.mobility.states import EndReason, ErasureGround, ErasureState, ExchangeState
from tests.cast import LATER, NOW, Cast, grant, make_user
from tests.mobility.stays import key_for, nominated_stay, stay_with_transcript

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
        with stored.content.open("rb") as file:
            if mark.encode() in file.read():
                yield stored.content.name or ""


def test_mark_is_everywhere_before_and_only_in_the_trail_after(
    cast: Cast, marked: Exchange, django_capture_on_commit_callbacks: Any
) -> None:
    before = set(places_with(MARK))
    assert {"directory.Person", "directory.FormerName", "mobility.Exchange", "mobility.Message", "files.StoredFile",
            "accounts.SignedLink", "mobility.LearningAgreement", "mobility.Signature", "audit.Entry",
            "django_tasks_database.DBTaskResult"} <= before  # fmt: skip
    contents = [str(one.content.name) for one in StoredFile.objects.all()]
    with django_capture_on_commit_callbacks(execute=True):
        erased(cast, marked)
    assert set(places_with(MARK)) == {"audit.Entry"}
    assert [name for name in contents if default_storage.exists(name)] == []


def test_figures_and_decisions_keep_their_rows_without_the_name(cast: Cast, marked: Exchange) -> None:
    done = erased(cast, marked)
    marked.refresh_from_db()
    person = Person.objects.get(pk=marked.person_id)
    assert (person.display_name, person.email, person.passport_number) == (f"№ {person.pk}", "", "")
    assert (marked.state, marked.arrived_on is not None) == (ExchangeState.RECOGNISED, True)
    assert marked.transcripts.get().lines.get().mark == "A-"
    assert (done.state, done.counts["messages"]) == (ErasureState.DONE, 1)
    assert Paper.objects.get(kind="stay_certificate").state == "revoked"
    assert not SignedLink.objects.filter(purpose=LinkPurpose.FOLLOW_STAY, revoked_at=None).exists()


def test_trail_says_that_it_was_done_and_not_what_stood_there(cast: Cast, marked: Exchange) -> None:
    erased(cast, marked)
    entry = timeline(marked.person).first()
    assert entry is not None
    assert (entry.action, entry.user) == ("mobility.person.erased", cast.administrator)
    assert MARK not in json.dumps(entry.data)


def test_papers_of_decisions_are_kept(cast: Cast, marked: Exchange) -> None:
    Paper.objects.filter(kind="stay_certificate").update(kind="recognition_order")
    paper = Paper.objects.get(kind="recognition_order")
    erased(cast, marked)
    paper.refresh_from_db()
    assert (paper.state, paper.file.media_type) == ("valid", "application/pdf")


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
