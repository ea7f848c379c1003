"""Kinds and states of calls, applications, exchanges, learning agreements, transcripts and visits."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sapar.core.flow import Flow, move


class Term(TextChoices):
    AUTUMN = "autumn", _("autumn term")
    SPRING = "spring", _("spring term")
    YEAR = "year", _("whole year")


class LetterKind(TextChoices):
    APPLICATION = "application", _("to applicants")
    STAY = "stay", _("to people on a stay")


class CallState(TextChoices):
    DRAFT = "draft", _("draft")
    OPEN = "open", _("open for applications")
    CLOSED = "closed", _("closed, being assessed")
    PLACED = "placed", _("places given")
    FINISHED = "finished", _("finished")


CALL_FLOW = Flow(
    open=move([CallState.DRAFT], CallState.OPEN),
    close=move([CallState.OPEN], CallState.CLOSED),
    reopen=move([CallState.CLOSED], CallState.OPEN),
    give_places=move([CallState.CLOSED], CallState.PLACED),
    finish=move([CallState.PLACED], CallState.FINISHED),
)


class ApplicationState(TextChoices):
    DRAFT = "draft", _("being written")
    SUBMITTED = "submitted", _("submitted")
    COMPLETE = "complete", _("checked and complete")
    REJECTED = "rejected", _("not admitted")
    PLACED = "placed", _("place offered")
    RESERVE = "reserve", _("on the reserve list")
    INELIGIBLE = "ineligible", _("not eligible")
    CONFIRMED = "confirmed", _("place confirmed")
    DECLINED = "declined", _("place declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


_A = ApplicationState
APPLICATION_FLOW = Flow(
    submit=move([_A.DRAFT], _A.SUBMITTED),
    reopen=move([_A.SUBMITTED], _A.DRAFT),
    accept_papers=move([_A.SUBMITTED], _A.COMPLETE),
    return_for_completion=move([_A.COMPLETE], _A.SUBMITTED),
    reject=move([_A.SUBMITTED, _A.COMPLETE], _A.REJECTED),
    offer_place=move([_A.COMPLETE, _A.RESERVE], _A.PLACED),
    put_on_reserve=move([_A.COMPLETE], _A.RESERVE),
    find_ineligible=move([_A.COMPLETE], _A.INELIGIBLE),
    confirm=move([_A.PLACED], _A.CONFIRMED),
    decline=move([_A.PLACED], _A.DECLINED),
    withdraw=move(
        [_A.DRAFT, _A.SUBMITTED, _A.COMPLETE, _A.RESERVE, _A.INELIGIBLE, _A.PLACED, _A.CONFIRMED],
        _A.WITHDRAWN,
    ),
    reinstate=move([_A.WITHDRAWN], _A.CONFIRMED),
)


class RunState(TextChoices):
    RUNNING = "running", _("being computed")
    FAILED = "failed", _("could not be computed")
    TRIAL = "trial", _("dry run")
    ADOPTED = "adopted", _("adopted")
    REPLACED = "replaced", _("replaced by a later run")


class AppealState(TextChoices):
    OPEN = "open", _("open")
    UPHELD = "upheld", _("upheld")
    REFUSED = "refused", _("refused")


class ExchangeState(TextChoices):
    """Of one person's stay, outgoing or incoming."""

    NOMINATED = "nominated", _("nominated")
    ACCEPTED = "accepted", _("accepted by the host")
    DECLINED = "declined", _("declined by the host")
    READY = "ready", _("learning agreement signed")
    AWAY = "away", _("at the host")
    RETURNED = "returned", _("returned")
    TRANSCRIPT = "transcript", _("transcript received")
    RECOGNISED = "recognised", _("recognised")
    BROKEN_OFF = "broken_off", _("ended early, without results")
    CANCELLED = "cancelled", _("cancelled")


_E = ExchangeState
EXCHANGE_FLOW = Flow(
    accept=move([_E.NOMINATED], _E.ACCEPTED),
    decline=move([_E.NOMINATED], _E.DECLINED),
    make_ready=move([_E.ACCEPTED], _E.READY),
    arrive=move([_E.READY, _E.ACCEPTED], _E.AWAY),
    leave=move([_E.AWAY], _E.RETURNED),
    break_off=move([_E.AWAY], _E.BROKEN_OFF),
    resume=move([_E.RETURNED, _E.BROKEN_OFF], _E.AWAY),
    receive_transcript=move([_E.AWAY, _E.RETURNED, _E.BROKEN_OFF], _E.TRANSCRIPT),
    recognise=move([_E.TRANSCRIPT], _E.RECOGNISED),
    cancel=move([_E.NOMINATED, _E.ACCEPTED, _E.READY], _E.CANCELLED),
    reinstate_nominated=move([_E.CANCELLED], _E.NOMINATED),
    reinstate_accepted=move([_E.CANCELLED], _E.ACCEPTED),
    reinstate_ready=move([_E.CANCELLED], _E.READY),
)


class EndReason(TextChoices):
    """Why a stay was cancelled or ended before its time; the words beside it say more."""

    GAVE_UP = "gave_up", _("the person gave it up")
    HEALTH = "health", _("health")
    FAMILY = "family", _("family")
    MONEY = "money", _("no means to go or to stay")
    VISA = "visa", _("no visa or residence permit")
    STUDIES = "studies", _("studies at home")
    HOST = "host", _("decision of the host")
    HOME = "home", _("decision of the sending institution")
    EMERGENCY = "emergency", _("emergency or closed borders")
    OTHER = "other", _("another reason")


class LearningAgreementState(TextChoices):
    DRAFT = "draft", _("draft")
    PROPOSED = "proposed", _("proposed by the student")
    TO_SIGN = "to_sign", _("waiting for signatures")
    SIGNED = "signed", _("signed by all three")
    SUPERSEDED = "superseded", _("replaced by a later version")
    VOID = "void", _("void")


_L = LearningAgreementState
LEARNING_AGREEMENT_FLOW = Flow(
    propose=move([_L.DRAFT], _L.PROPOSED),
    take_back=move([_L.PROPOSED], _L.DRAFT),
    give_back=move([_L.PROPOSED], _L.DRAFT),
    send_round=move([_L.DRAFT, _L.PROPOSED], _L.TO_SIGN),
    complete=move([_L.TO_SIGN], _L.SIGNED),
    void=move([_L.DRAFT, _L.PROPOSED, _L.TO_SIGN], _L.VOID),
    supersede=move([_L.SIGNED], _L.SUPERSEDED),
)


class Side(TextChoices):
    """Table A: studied at the host; table B: recognised at home."""

    STUDIED = "studied", _("at the receiving institution")
    RECOGNISED = "recognised", _("at the sending institution")


class CreditUnit(TextChoices):
    """In which unit credits are written; a unit is kept as written and converted only in sums."""

    ECTS = "ECTS", _("ECTS credit")
    KZ = "KZ", _("Kazakh academic credit")
    KZ_OLD = "KZ-old", _("Kazakh credit before ECTS")
    KG = "KG", _("Kyrgyz credit")
    US = "US", _("US semester credit hour")
    HOURS = "hours", _("hour of work")


class Party(TextChoices):
    STUDENT = "student", _("Student")
    SENDING = "sending", _("Sending institution")
    RECEIVING = "receiving", _("Receiving institution")


class ChangeReason(TextChoices):
    """Codes 1 to 8 of the European learning agreement for changes during the mobility.

    1 to 4 say why a component is taken out, 5 to 8 why one is added; "other" is said in words.
    """

    NONE = "", _("no change")
    NOT_AVAILABLE = "not_available", _("previously selected component is not available at the host")
    LANGUAGE_MISMATCH = "language_mismatch", _("component is in another language than stated")
    TIMETABLE_CONFLICT = "timetable_conflict", _("timetable conflict")
    OTHER_DELETED = "other_deleted", _("deleted for another reason")
    SUBSTITUTING = "substituting", _("substitutes a deleted component")
    EXTENDING = "extending", _("the stay is extended")
    VIRTUAL = "virtual", _("virtual component added")
    OTHER_ADDED = "other_added", _("added for another reason")

    @property
    def number(self) -> int:
        return list(ChangeReason).index(self)

    @property
    def coded(self) -> str:
        """With its number in front, as the European form prints it."""
        return f"{self.number}. {self.label}" if self else str(self.label)

    @property
    def needs_words(self) -> bool:
        return self in (ChangeReason.OTHER_DELETED, ChangeReason.OTHER_ADDED)


REASONS_TO_REMOVE = tuple(reason for reason in ChangeReason if 1 <= reason.number <= 4)
REASONS_TO_ADD = tuple(reason for reason in ChangeReason if reason.number >= 5)


class TranscriptSource(TextChoices):
    LINK = "link", _("given by the partner through a link")
    FORM = "form", _("typed by the office")
    FILE = "file", _("read from a file")


class CaseState(TextChoices):
    OPEN = "open", _("being decided")
    DECIDED = "decided", _("decided")
    ORDERED = "ordered", _("order issued")


CASE_FLOW = Flow(
    decide=move([CaseState.OPEN], CaseState.DECIDED),
    reopen=move([CaseState.DECIDED], CaseState.OPEN),
    issue_order=move([CaseState.DECIDED], CaseState.ORDERED),
)


class Verdict(TextChoices):
    RECOGNISED = "recognised", _("recognised in full")
    PARTLY = "partly", _("recognised in part")
    REFUSED = "refused", _("not recognised")
    ELECTIVE = "elective", _("recognised as an elective")


class VisitState(TextChoices):
    PLANNED = "planned", _("planned")
    CONFIRMED = "confirmed", _("confirmed")
    RUNNING = "running", _("under way")
    FINISHED = "finished", _("finished")
    CANCELLED = "cancelled", _("cancelled")


VISIT_FLOW = Flow(
    confirm=move([VisitState.PLANNED], VisitState.CONFIRMED),
    begin=move([VisitState.CONFIRMED], VisitState.RUNNING),
    finish=move([VisitState.RUNNING], VisitState.FINISHED),
    cancel=move([VisitState.PLANNED, VisitState.CONFIRMED], VisitState.CANCELLED),
)


class Presence(TextChoices):
    PRESENT = "present", _("present")
    ABSENT = "absent", _("absent")
    EXCUSED = "excused", _("excused")


class Whose(TextChoices):
    """Who does something for a stay."""

    STUDENT = "student", _("the student")
    OFFICE = "office", _("the office")


class Need(TextChoices):
    """What a stay usually needs besides its agreement."""

    INVITATION = "invitation", _("Letter of invitation")
    PASSPORT = "passport", _("Passport that is valid after the stay, too")
    VISA = "visa", _("Visa or residence permit")
    INSURANCE = "insurance", _("Health insurance")
    HOUSING = "housing", _("Place in a dormitory or a flat")
    TICKET = "ticket", _("Ticket")
    ORDER = "order", _("Order of the rector on the stay")
    MEETING = "meeting", _("Meeting on arrival")
    REGISTRATION = "registration", _("Registration after arrival")


class StayListState(TextChoices):
    """Of a list of stays of earlier years: read as often as its columns are chosen, taken once."""

    MAPPED = "mapped", _("columns recognised")
    PREVIEWED = "previewed", _("ready to import")
    TAKEN = "taken", _("imported")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("thrown away")


_S = StayListState
STAY_LIST_FLOW = Flow(
    read=move([_S.MAPPED, _S.PREVIEWED], _S.PREVIEWED),
    take=move([_S.PREVIEWED], _S.TAKEN),
    undo=move([_S.TAKEN], _S.UNDONE),
    discard=move([_S.MAPPED, _S.PREVIEWED], _S.DISCARDED),
)


class ErasureGround(TextChoices):
    """Why a person's data is erased."""

    REQUEST = "request", _("the person asked for it")
    RETENTION = "retention", _("the time of keeping is over")
    MISTAKE = "mistake", _("it should never have been kept")


class ErasureState(TextChoices):
    ASKED = "asked", _("waiting for a second person")
    DONE = "done", _("erased")
    WITHDRAWN = "withdrawn", _("given up")


ERASURE_FLOW = Flow(
    confirm=move([ErasureState.ASKED], ErasureState.DONE),
    withdraw=move([ErasureState.ASKED], ErasureState.WITHDRAWN),
)
