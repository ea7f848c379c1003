"""Records that two people can have open at once, and pages on which two writers do no harm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from sapar.accounts.models import User
from sapar.directory.models import Organisation, Unit
from sapar.directory.services.organisations import add_organisation
from sapar.directory.services.people import PersonEntry, add_person
from sapar.directory.states import OrganisationKind
from sapar.mobility.models import Call, CallPlace, Equivalence, GroupVisit, RecognitionCase, StayImport
from sapar.mobility.services.earlier import bring_stays, choose_stay_columns
from sapar.mobility.services.grades import save_scale
from sapar.mobility.services.messages import save_letter
from sapar.mobility.services.recognition import accept_suggestions, close_case, open_case
from sapar.mobility.services.visits import add_visitors
from sapar.mobility.states import LetterKind
from sapar.partners.models import AgreementImport, Contact, Partnership
from sapar.partners.services.imports.bringing import bring_list
from sapar.partners.services.partnerships import add_contact
from sapar.partners.services.signed.bringing import bring_agreements, choose_agreement_columns
from sapar.partners.states import Direction
from tests.cast import NOW, Cast
from tests.mobility.stays import accepted_stay, stay_with_transcript
from tests.mobility.test_recognition import OWN
from tests.story import apply, draft, open_call_with, partner_in_force, student
from tests.web.mobility.test_visits import planned

# Why a page that takes a form is not guarded. Only what is true of the page today.
EXCUSED = {
    "adds something and changes nothing that stands there": (
        "calls:new", "calls:placing", "calls:public", "calls:sheet", "calls:studies", "directory:import_courses",
        "directory:new_organisation", "directory:new_person", "directory:new_unit", "earlier:new",
        "exchanges:add_file", "exchanges:add_tasks", "exchanges:give_transcript", "exchanges:link",
        "exchanges:new", "exchanges:new_counts", "exchanges:new_factor", "exchanges:send_nominations",
        "exchanges:transcript_new", "imports:new", "letters:new", "partners:add", "partners:add_obligation",
        "partners:draft_for", "partners:invite", "partners:new", "partners:new_agreement",
        "partners:new_contact", "partners:scan", "partners:talk", "reporting:new", "settings:people",
        "settings:tokens", "signed:new", "signed:scans", "visits:new", "visits:people",
    ),
    "moves a record on: its flow, or the service under its lock, refuses whoever comes second": (
        "calls:adopt", "calls:minutes", "calls:reopen", "directory:erase", "exchanges:answer",
        "exchanges:answer_nominations",
        "exchanges:arrive", "exchanges:cancel", "exchanges:end",
        "exchanges:reinstate", "exchanges:resume", "exchanges:finish_task", "exchanges:give_back",
        "exchanges:leave", "exchanges:nominate", "exchanges:order", "exchanges:recognition",
        "exchanges:send_version", "exchanges:void_version", "partners:finish_obligation", "partners:give_up",
        "partners:send", "partners:sign", "partners:terminate", "reporting:withdraw", "visits:finish",
    ),
    "answers to the digest of what was read; another digest is refused": (
        "exchanges:sign", "exchanges:sign_version", "exchanges:stay", "partners:answer", "partners:answer_link",
    ),
    "kept while it is typed: carries the draft's revision, and is tried in `tests/web/test_two_drafts.py`": (
        "calls:step", "exchanges:learning", "exchanges:proposal", "exchanges:proposal_group",
        "exchanges:send_proposal",
    ),
    "one's own name and language, which nobody else writes": ("settings:home",),
    "takes no form": ("exchanges:sign_pdf", "exchanges:stay_pdf", "link"),
}  # fmt: skip


@dataclass(frozen=True)
class Record:
    """How to make a record and open its page, and what two people write into one field of it."""

    made: Callable[[Cast], list[object]]
    field: str
    theirs: str | Callable[[], str] = "a@example.org"
    mine: str = "b@example.org"
    more: Mapping[str, str] = dataclass_field(default_factory=dict)
    words: tuple[str, str] | None = None
    second: Callable[[Cast], User] = lambda cast: cast.officer

    @property
    def written(self) -> str:
        theirs = self.theirs
        return theirs if isinstance(theirs, str) else theirs()

    @property
    def shown_theirs(self) -> str:
        return self.words[0] if self.words else self.written

    @property
    def shown_mine(self) -> str:
        return self.words[1] if self.words else self.mine


def person(cast: Cast) -> list[object]:
    entry = PersonEntry(passport_surname="Demo", passport_given="Aida")
    return [add_person(entry, office=cast.office, by=cast.officer, at=NOW).pk]


def unit(cast: Cast) -> list[object]:
    return [Unit.objects.get(pk=cast.medicine.pk).pk]


def organisation(cast: Cast) -> list[object]:
    made: Organisation = add_organisation(
        office=cast.office, name="Demo College", country_code="KG", kind=OrganisationKind.UNIVERSITY,
        city="Naryn", website="", names=[], by=cast.officer, at=NOW,
    )  # fmt: skip
    return [made.pk]


def partnership(cast: Cast) -> list[object]:
    partner_in_force(cast)
    return [Partnership.objects.get().pk]


def contact(cast: Cast) -> list[object]:
    partnership(cast)
    made: Contact = add_contact(Partnership.objects.get(), name="Ayla Demo", by=cast.officer, at=NOW)
    return [made.pk]


def agreement(cast: Cast) -> list[object]:
    return [draft(cast).pk]


def call(cast: Cast) -> list[object]:
    return [open_call_with(cast, partner_in_force(cast)).pk]


def place(cast: Cast) -> list[object]:
    return [*call(cast), CallPlace.objects.get().pk]


def application(cast: Cast) -> list[object]:
    made: Call = open_call_with(cast, partner_in_force(cast))
    made.scoring = [
        {"code": "talk", "label": "Talk", "source": "review", "weight": "100", "least": "0", "most": "9"}
    ]
    made.save(update_fields=["scoring"])
    return [apply(made, student(cast, "Aida", "3.5"))[0].pk]


def stay(cast: Cast) -> list[object]:
    return [accepted_stay(cast).pk]


def case(cast: Cast) -> list[object]:
    made: RecognitionCase = open_case(stay_with_transcript(cast), by=cast.officer, at=NOW)
    return [made.exchange_id]


def group(cast: Cast) -> list[object]:
    return [*case(cast), 1]


def equivalence(cast: Cast) -> list[object]:
    made = open_case(stay_with_transcript(cast), by=cast.officer, at=NOW)
    accept_suggestions(made, by=cast.officer, at=NOW)
    close_case(made, by=cast.officer, at=NOW)
    return [Equivalence.objects.get().pk]


def scale(cast: Cast) -> list[object]:
    return [save_scale(cast.office, OWN, by=cast.officer, at=NOW).code]


def letter(cast: Cast) -> list[object]:
    made = save_letter(cast.office, LetterKind.STAY, "Welcome", "Hello {name}", by=cast.officer, at=NOW)
    return [made.pk]


def visit(cast: Cast) -> list[object]:
    return [planned(cast).pk]


def session(cast: Cast) -> list[object]:
    made = planned(cast, session=True)
    return [made.pk, made.sessions.get().pk]


def visitor(cast: Cast) -> list[object]:
    made: GroupVisit = planned(cast)
    entry = PersonEntry(passport_surname="Demo", passport_given="Aida")
    guest = add_person(entry, office=cast.office, by=cast.officer, at=NOW)
    add_visitors(made, [guest], by=cast.officer, at=NOW)
    return [made.pk, made.visitors.get().pk]


def sheet(cast: Cast) -> list[object]:
    made: GroupVisit = planned(cast, session=True)
    entry = PersonEntry(passport_surname="Demo", passport_given="Aida")
    add_visitors(
        made, [add_person(entry, office=cast.office, by=cast.officer, at=NOW)], by=cast.officer, at=NOW
    )
    return [made.pk, made.sessions.get().pk]


def partner_list(cast: Cast) -> list[object]:
    made = bring_list(
        b"Partner,Country,City\nFar University,TR,Izmir\n",
        "partners.csv",
        office=cast.office,
        by=cast.officer,
        at=NOW,
    )
    return [made.pk]


def stay_list(cast: Cast) -> list[object]:
    made = bring_stays(
        b"Name,University,Faculty\nAida Demo,Far University,Unknown\n", "stays.csv",
        office=cast.office, by=cast.officer, at=NOW,
    )  # fmt: skip
    return [made.pk]


def named_list(cast: Cast) -> list[object]:
    [pk] = stay_list(cast)
    partner_in_force(cast)
    choose_stay_columns(
        StayImport.objects.get(),
        {"name": "Name", "host": "University"},
        direction=Direction.OUTGOING,
        by=cast.officer,
        at=NOW,
    )
    return [pk]


def agreement_list(cast: Cast) -> list[object]:
    partner_in_force(cast)
    made = bring_agreements(
        b"Partner,Kind,Signed\nFar University,memorandum,01.02.2026\n", "agreements.csv",
        office=cast.office, by=cast.officer, at=NOW,
    )  # fmt: skip
    return [made.pk]


def named_agreements(cast: Cast) -> list[object]:
    [pk] = agreement_list(cast)
    choose_agreement_columns(
        AgreementImport.objects.get(),
        {"partner": "Partner", "kind": "Kind", "signed": "Signed"},
        by=cast.officer,
        at=NOW,
    )
    return [pk]


RECORDS = {
    "settings:keeping": Record(lambda _cast: [], "years", "5", "7", second=lambda cast: cast.administrator),
    "directory:change_person": Record(person, "email"),
    "directory:change_unit": Record(unit, "head_name"),
    "directory:change_organisation": Record(organisation, "aliases"),
    "partners:change": Record(partnership, "note"),
    "partners:contact": Record(contact, "email"),
    "partners:edit": Record(agreement, "title"),
    "partners:edit_places": Record(agreement, "row-0-places", "3", "7", {"do": "save"}, ("; 3;", "; 7;")),
    "partners:edit_texts": Record(agreement, "text-0-en", more={"do": "save"}),
    "calls:change": Record(call, "text"),
    "calls:place": Record(place, "note"),
    "calls:places": Record(call, r"seats-\d+", "1", "2"),
    "calls:review": Record(application, "talk", "7", "8", second=lambda cast: cast.administrator),
    "exchanges:replan": Record(stay, "planned_to", "30.07.2027", "01.06.2027", {"reason": "as agreed"}),
    "exchanges:commission": Record(case, "members", "Aida\nBermet", "Aida"),
    "exchanges:decide": Record(group, "reason", "good", "better", {"verdict": "recognised"}),
    "exchanges:equivalence": Record(equivalence, "valid_until", "30.07.2031", "30.07.2032"),
    "exchanges:edit_scale": Record(scale, "b0-words", "excellent", "very good"),
    "exchanges:rules": Record(lambda _cast: [], "smallest_group", "77", "88"),
    "letters:letter": Record(letter, "text"),
    "visits:edit": Record(visit, "purpose"),
    "visits:session": Record(session, "teacher"),
    "visits:visitor": Record(visitor, "arrived_on", "12.10.2026", "13.10.2026"),
    "visits:sheet": Record(sheet, r"v\d+-presence", "present", "absent"),
    "imports:columns": Record(partner_list, "column-2", "city", "note", words=("City", "Note")),
    "signed:columns": Record(agreement_list, "usual_direction", "in", "both"),
    "signed:names": Record(
        named_agreements,
        "partner_0",
        lambda: str(Partnership.objects.get().organisation_id),
        "",
        words=("Ankara Demo University", "—"),
    ),
    "earlier:columns": Record(stay_list, "way", "in", "out"),
    "earlier:names": Record(
        named_list,
        "host_0",
        lambda: str(Partnership.objects.get().organisation_id),
        "",
        words=("Ankara Demo University", "—"),
    ),
}
