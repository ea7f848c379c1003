"""The tables that hold something about a person, each with what an erasure does to it and why.

One list for three things: the copy that a person gets, the preview of an erasure, and the erasure itself. A test
finds tables that nobody put here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sapar.accounts.models import Consent, SignedLink
from sapar.accounts.states import LinkPurpose
from sapar.audit.models import Entry
from sapar.directory.models import Enrolment, FormerName, Person
from sapar.files.models import Paper, StoredFile
from sapar.mobility.models import (
    Appeal,
    Application,
    ApplicationFile,
    Attendance,
    Award,
    Component,
    Decision,
    Exchange,
    LearningAgreement,
    Message,
    RecognitionCase,
    Review,
    Signature,
    StayTask,
    Transcript,
    TranscriptLine,
    Visitor,
    Wish,
)
from sapar.mobility.states import Party

# Papers of decisions: the law on education and the rules of archives keep them, names and all.
KEPT_PAPERS = ("recognition_protocol", "recognition_order")
# The minutes of a placing name everybody who took part: one paper about many people, kept by the same rules.
MINUTES = "placing_minutes"

DECISION: str | Promise = _("decisions on studies are kept by law")
PROOF: str | Promise = _("proof of what was agreed and done")
FIGURES: str | Promise = _("without the name, for figures and the order of places")


class Fate(StrEnum):
    """What an erasure does."""

    GOES = "goes"
    EMPTIED = "emptied"
    STAYS = "stays"


@dataclass(frozen=True)
class Holding:
    """Rows of one table about one person. `emptied`: column → what it holds afterwards."""

    name: str
    title: str | Promise
    rows: Callable[[Person], QuerySet[Any]]
    fate: Fate
    why: str | Promise = ""
    emptied: Mapping[str, Any] = field(default_factory=dict)
    # Not handed out: secrets, the office's own work, what is derived.
    kept_back: tuple[str, ...] = ()
    # The office's own remarks, handed out by the office and not through a link.
    by_office_only: tuple[str, ...] = ()

    @property
    def model(self) -> type[Model]:
        return self.rows(Person(pk=0)).model


def links_of(person: Person) -> QuerySet[SignedLink]:
    """Those that the person holds, not those of partners."""
    return SignedLink.objects.filter(
        Q(purpose=LinkPurpose.APPLY, subject_id__in=person.applications.values("pk"))
        | Q(purpose=LinkPurpose.FOLLOW_STAY, subject_id__in=person.exchanges.values("pk")),
        office=person.office_id,
    )


def links_to(person: Person) -> QuerySet[SignedLink]:
    """All that open something of the person's, those of partners on the stays, too."""
    by_partner = (LinkPurpose.SIGN_LEARNING_AGREEMENT, LinkPurpose.GIVE_TRANSCRIPT)
    return links_of(person) | SignedLink.objects.filter(
        purpose__in=by_partner, subject_id__in=person.exchanges.values("pk"), office=person.office_id
    )


def subjects_of(person: Person) -> Q:
    """Files, papers and acts hang on records by the name of the table and the number of the row."""
    records: tuple[tuple[type[Model], Any], ...] = (
        (Person, [person.pk]),
        (Application, person.applications.values("pk")),
        (Exchange, person.exchanges.values("pk")),
        (RecognitionCase, RecognitionCase.objects.filter(exchange__person=person).values("pk")),
        (Transcript, Transcript.objects.filter(exchange__person=person).values("pk")),
        (Visitor, person.visits.values("pk")),
    )
    found = Q(pk__in=[])
    for model, ids in records:
        found |= Q(subject_type=model._meta.label_lower, subject_id__in=ids)
    return found


def files_about(person: Person) -> QuerySet[StoredFile]:
    """All versions of files on the person's records, those brought with applications and transcripts, too."""
    return StoredFile.objects.filter(
        subjects_of(person)
        | Q(pk__in=ApplicationFile.objects.filter(application__person=person).values("file"))
        | Q(pk__in=Transcript.objects.filter(exchange__person=person, file__isnull=False).values("file")),
        office=person.office_id,
    )


def papers_about(person: Person) -> QuerySet[Paper]:
    return Paper.objects.filter(subjects_of(person), office=person.office_id)


def minutes_naming(person: Person) -> QuerySet[Paper]:
    runs = Award.objects.filter(application__person=person).values("run")
    return Paper.objects.filter(
        office=person.office_id, kind=MINUTES, subject_type="mobility.placingrun", subject_id__in=runs
    )


def erasable_files(person: Person) -> QuerySet[StoredFile]:
    kept = papers_about(person).filter(kind__in=KEPT_PAPERS)
    return files_about(person).exclude(pk__in=kept.values("file"))


HOLDINGS: tuple[Holding, ...] = (
    Holding("person", _("Person"), lambda p: Person.objects.filter(pk=p.pk), Fate.EMPTIED,
            kept_back=("sort_key", "search"), by_office_only=("passport_number",)),
    Holding("former_names", _("Former names"), lambda p: FormerName.objects.filter(person=p), Fate.GOES),
    Holding("studies", _("Studies with us"), lambda p: Enrolment.objects.filter(person=p), Fate.EMPTIED,
            emptied={"gpa": None, "gpa_scale": "", "debts": 0}),
    Holding("consents", _("Consents"), lambda p: Consent.objects.filter(office=p.office_id, person_id=p.pk),
            Fate.STAYS, PROOF),
    Holding("links", _("Signed links"), links_of, Fate.EMPTIED, kept_back=("key_hash",),
            emptied={"holder_name": "—", "holder_email": ""}),
    Holding("applications", _("Applications"), lambda p: Application.objects.filter(person=p), Fate.EMPTIED,
            emptied={"motivation": "", "languages": [], "answers": {}, "facts": {}, "office_note": "",
                     "rejection_reason": "", "asked_for": ""}, by_office_only=("office_note",)),
    Holding("wishes", _("Wishes"), lambda p: Wish.objects.filter(application__person=p), Fate.STAYS, FIGURES),
    Holding("application_files", _("Papers of applications"),
            lambda p: ApplicationFile.objects.filter(application__person=p), Fate.GOES),
    Holding("reviews", _("Reviews"), lambda p: Review.objects.filter(application__person=p), Fate.EMPTIED,
            emptied={"remark": ""}, kept_back=("reviewer",), by_office_only=("remark",)),
    Holding("awards", _("Results of placing"), lambda p: Award.objects.filter(application__person=p), Fate.STAYS,
            FIGURES),
    Holding("appeals", _("Appeals"), lambda p: Appeal.objects.filter(application__person=p), Fate.EMPTIED,
            emptied={"text": "", "answer": ""}),
    Holding("messages", _("Messages"),
            lambda p: Message.objects.filter(Q(application__person=p) | Q(exchange__person=p)), Fate.GOES),
    Holding("stays", _("Stays"), lambda p: Exchange.objects.filter(person=p), Fate.EMPTIED,
            emptied={"answer_remark": "", "end_words": ""}, kept_back=("person_sort_key", "person_search")),
    Holding("stay_needs", _("What the stay needs"), lambda p: StayTask.objects.filter(exchange__person=p), Fate.GOES),
    Holding("learning_agreements", _("Learning agreements"),
            lambda p: LearningAgreement.objects.filter(exchange__person=p), Fate.EMPTIED,
            emptied={"sketch": None, "note": "", "remark": "", "remark_by": ""}),
    Holding("components", _("Components"),
            lambda p: Component.objects.filter(learning_agreement__exchange__person=p), Fate.EMPTIED,
            emptied={"reason_text": ""}),
    Holding("signatures", _("Own signatures"),
            lambda p: Signature.objects.filter(learning_agreement__exchange__person=p, party=Party.STUDENT),
            Fate.EMPTIED, emptied={"name": "—"}),
    Holding("transcripts", _("Transcripts"), lambda p: Transcript.objects.filter(exchange__person=p), Fate.EMPTIED,
            emptied={"file": None}),
    Holding("transcript_lines", _("Marks"), lambda p: TranscriptLine.objects.filter(transcript__exchange__person=p),
            Fate.STAYS, DECISION),
    Holding("recognition", _("Recognition"), lambda p: RecognitionCase.objects.filter(exchange__person=p),
            Fate.STAYS, DECISION),
    Holding("decisions", _("Decisions"), lambda p: Decision.objects.filter(case__exchange__person=p), Fate.STAYS,
            DECISION),
    Holding("visits", _("Group visits"), lambda p: Visitor.objects.filter(person=p), Fate.STAYS, FIGURES),
    Holding("attendance", _("Attendance"), lambda p: Attendance.objects.filter(visitor__person=p), Fate.STAYS,
            FIGURES),
    Holding("files", _("Files"), files_about, Fate.EMPTIED, kept_back=("content", "sha256")),
    Holding("papers", _("Papers"), papers_about, Fate.EMPTIED, kept_back=("code",)),
    Holding("minutes", _("Minutes of the giving of places"), minutes_naming, Fate.STAYS,
            _("one paper about all who took part, kept as the proof of how places were given"), kept_back=("code",)),
    Holding("acts", _("Activity log"),
            lambda p: Entry.objects.filter(subjects_of(p), office=p.office_id).order_by("position"), Fate.STAYS,
            _("the log is a chain and cannot be changed; it proves who did what, this erasure included"),
            kept_back=("previous_hash", "entry_hash", "user", "link_id")),
)  # fmt: skip
