"""Questions about exchanges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncMonth

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office, SignedLink
from sapar.accounts.policies import may_read_all
from sapar.accounts.queries import has_role, scopes_of
from sapar.accounts.states import LinkPurpose, Role, ScopeKind
from sapar.mobility.models import (
    Award,
    CallPlace,
    Exchange,
    LearningAgreement,
    RecognitionCase,
    Signature,
    Transcript,
)
from sapar.mobility.queries.calls import HOLDS_PLACE
from sapar.mobility.states import (
    ApplicationState,
    CaseState,
    ExchangeState,
    LearningAgreementState,
    Party,
    RunState,
)
from sapar.partners.models import Agreement, Condition
from sapar.partners.queries import agreed_conditions

TO_AGREE = (ExchangeState.ACCEPTED, ExchangeState.READY, ExchangeState.AWAY)


def exchanges_visible_to(actor: Actor, office: Office) -> QuerySet[Exchange]:
    exchanges = Exchange.objects.filter(office=office).select_related("person", "partner", "unit")
    if may_read_all(actor, office) or has_role(actor, office.pk, Role.COORDINATOR):
        return exchanges
    units = scopes_of(actor, office.pk, ScopeKind.UNIT, Role.COORDINATOR)
    return exchanges.filter(unit_id__in=units) if units else exchanges.none()


def exchanges_by_country(actor: Actor, office: Office, direction: str) -> dict[str, int]:
    """How many stays that one may see went to, or came from, each country."""
    rows = exchanges_visible_to(actor, office).filter(direction=direction).select_related(None).order_by()
    return dict(rows.values_list("partner__country_code").annotate(count=Count("pk")))


def exchanges_by_year(actor: Actor, office: Office, direction: str) -> dict[int, int]:
    """How many stays that one may see belong to each academic year."""
    rows = exchanges_visible_to(actor, office).filter(direction=direction).select_related(None).order_by()
    return dict(rows.values_list("academic_year").annotate(count=Count("pk")))


def exchanges_by_month(actor: Actor, office: Office, direction: str) -> dict[date, int]:
    """How many stays that one may see begin in each month, by its first day."""
    rows = exchanges_visible_to(actor, office).filter(direction=direction).select_related(None).order_by()
    begun = rows.annotate(month=TruncMonth(Coalesce("arrived_on", "planned_from")))
    return dict(begun.values_list("month").annotate(count=Count("pk")))


def nominated_under(agreement: Agreement) -> QuerySet[Exchange]:
    """Whom the partner has still to answer."""
    return (
        Exchange.objects.filter(agreement=agreement, state=ExchangeState.NOMINATED)
        .select_related("person", "unit")
        .order_by("person_sort_key")
    )


def latest_learning_agreement(exchange: Exchange) -> LearningAgreement | None:
    return exchange.learning_agreements.exclude(state=LearningAgreementState.VOID).order_by("-number").first()


def signed_learning_agreement(exchange: Exchange) -> LearningAgreement | None:
    """The version in force."""
    return exchange.learning_agreements.filter(state=LearningAgreementState.SIGNED).first()


def transcript_of(exchange: Exchange) -> Transcript | None:
    """The transcript that counts: the newest not replaced one."""
    return exchange.transcripts.filter(replaced_by=None).order_by("-received_at").first()


def overdue_transcripts(office: Office, *, today: date, weeks: int = 5) -> QuerySet[Exchange]:
    """People who left more than `weeks` ago and whose transcript has not come (ECTS Users' Guide: 5 weeks).

    Stays from a list of earlier years are left out: whatever came of them is with the office.
    """
    limit = date.fromordinal(today.toordinal() - 7 * weeks)
    return Exchange.objects.filter(
        office=office, direction="out", state=ExchangeState.RETURNED, left_on__lt=limit, imported_by=None
    ).select_related("person", "partner")


def to_nominate(office: Office) -> QuerySet[Award]:
    """Places that were confirmed and whose host has not been told, host by host."""
    return (
        Award.objects.filter(
            office=office,
            run__state=RunState.ADOPTED,
            place__isnull=False,
            application__state=ApplicationState.CONFIRMED,
            application__exchange=None,
        )
        .select_related(
            "application__person", "application__enrolment__unit", "application__call", "place__host"
        )
        .order_by("place__host__sort_key", "place__host_id", "application__person__sort_key", "pk")
    )


@dataclass(frozen=True)
class Waiting:
    """Nominations under one agreement that its partner has not answered."""

    agreement: Agreement
    people: int
    since: datetime


def waiting_for_answer(office: Office) -> list[Waiting]:
    """Oldest first; two queries. Incoming people are answered by the office itself and not listed."""
    rows = list(
        Exchange.objects.filter(
            office=office, direction="out", state=ExchangeState.NOMINATED, agreement__isnull=False
        )
        .order_by()
        .values("agreement")
        .annotate(people=Count("pk"), since=Min("nominated_at"))
        .order_by("since", "agreement")
    )
    known = (
        Agreement.objects.filter(office=office)
        .select_related("partnership__organisation")
        .in_bulk([row["agreement"] for row in rows])
    )
    return [Waiting(known[row["agreement"]], row["people"], row["since"]) for row in rows]


def rows_with_places(office: Office) -> QuerySet[Condition]:
    """Rows of agreements in force with `left`: places neither promised in a call nor taken without one."""
    called = (
        CallPlace.objects.filter(condition=OuterRef("pk"))
        .order_by()
        .values("condition")
        .annotate(total=Sum("seats"))
        .values("total")
    )
    stays = Exchange.objects.filter(condition=OuterRef("pk")).order_by().values("condition")
    direct = stays.filter(HOLDS_PLACE, application=None).annotate(total=Count("pk")).values("total")
    freed = stays.filter(place_free=True, application__isnull=False).annotate(total=Count("pk"))
    return (
        agreed_conditions(office)
        .annotate(
            called=Coalesce(Subquery(called), 0) - Coalesce(Subquery(freed.values("total")), 0),
            direct=Coalesce(Subquery(direct), 0),
        )
        .order_by("-academic_year", "version__agreement__partnership__organisation__sort_key", "pk")
    )


def proposed_agreements(office: Office) -> QuerySet[LearningAgreement]:
    """What students proposed and nobody has dealt with yet, oldest first."""
    return (
        LearningAgreement.objects.filter(office=office, state=LearningAgreementState.PROPOSED)
        .select_related("exchange__person", "exchange__partner")
        .order_by("proposed_at")
    )


def refused_agreements(office: Office) -> QuerySet[LearningAgreement]:
    """Versions that a party did not sign and after which nobody has written another."""
    later = LearningAgreement.objects.filter(exchange=OuterRef("exchange"), number__gt=OuterRef("number"))
    return (
        LearningAgreement.objects.filter(
            ~Exists(later),
            office=office,
            state=LearningAgreementState.VOID,
            exchange__state__in=[ExchangeState.ACCEPTED, ExchangeState.READY, ExchangeState.AWAY],
        )
        .exclude(refused_by="")
        .select_related("exchange__person", "exchange__partner")
        .order_by("sent_at")
    )


def agreements_to_sign(office: Office) -> QuerySet[LearningAgreement]:
    """Versions under signature, oldest first."""
    return (
        LearningAgreement.objects.filter(office=office, state=LearningAgreementState.TO_SIGN)
        .select_related("exchange__person", "exchange__partner")
        .prefetch_related("signatures")
        .order_by("sent_at")
    )


def agreements_without(office: Office, party: Party) -> QuerySet[LearningAgreement]:
    """Versions under signature of stays still to come or under way that this party has not signed, oldest first.

    `Party.STUDENT` is the student; any other stands for the partner, which is the one or the other by direction.
    """
    signed = Signature.objects.filter(learning_agreement=OuterRef("pk"))
    open_ = agreements_to_sign(office).filter(exchange__state__in=TO_AGREE)
    if party == Party.STUDENT:
        return open_.exclude(Exists(signed.filter(party=party)))
    theirs = signed.filter(
        Q(learning_agreement__exchange__direction="out", party=Party.RECEIVING)
        | Q(learning_agreement__exchange__direction="in", party=Party.SENDING)
    )
    return open_.exclude(Exists(theirs))


def unsent_proposals(office: Office) -> QuerySet[Exchange]:
    """Students who were sent the link to propose a learning agreement and have not proposed it, oldest first.

    What a coordinator is writing is not waited for from the student: only what the student began or got back.
    """
    versions = LearningAgreement.objects.filter(exchange=OuterRef("pk"))
    theirs = Q(state=LearningAgreementState.DRAFT) & (Q(sketch__isnull=False) | ~Q(remark=""))
    invited = SignedLink.objects.filter(
        purpose=LinkPurpose.FOLLOW_STAY, office=office, subject_id=OuterRef("pk")
    ).exclude(holder_email="")
    return (
        Exchange.objects.filter(Exists(invited), office=office, direction="out", state=ExchangeState.ACCEPTED)
        .exclude(Exists(versions.exclude(theirs)))
        .select_related("person", "partner")
        .order_by("answered_at", "pk")
    )


def without_our_signature() -> Q:
    """Of versions under signature: those which our own institution has not signed."""
    ours = Signature.objects.filter(
        Q(learning_agreement__exchange__direction="out", party=Party.SENDING)
        | Q(learning_agreement__exchange__direction="in", party=Party.RECEIVING),
        learning_agreement=OuterRef("pk"),
    )
    return ~Q(Exists(ours))


def cases_to_decide(office: Office) -> QuerySet[RecognitionCase]:
    return (
        RecognitionCase.objects.filter(office=office, state=CaseState.OPEN)
        .select_related("exchange__person", "exchange__partner")
        .order_by("opened_at")
    )
