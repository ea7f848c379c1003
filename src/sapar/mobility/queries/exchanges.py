"""Questions about exchanges."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.accounts.policies import may_read_all
from sapar.accounts.queries import has_role, scopes_of
from sapar.accounts.states import Role, ScopeKind
from sapar.mobility.models import Exchange, LearningAgreement, Transcript
from sapar.mobility.states import ExchangeState, LearningAgreementState
from sapar.partners.models import Agreement, Condition


def exchanges_visible_to(actor: Actor, office: Office) -> QuerySet[Exchange]:
    exchanges = Exchange.objects.filter(office=office).select_related("person", "partner", "unit")
    if may_read_all(actor, office) or has_role(actor, office.pk, Role.COORDINATOR):
        return exchanges
    units = scopes_of(actor, office.pk, ScopeKind.UNIT, Role.COORDINATOR)
    return exchanges.filter(unit_id__in=units) if units else exchanges.none()


def places_used(condition: Condition) -> int:
    """People who hold or held one of the row's places."""
    return (
        Exchange.objects.filter(condition=condition)
        .exclude(state__in=[ExchangeState.CANCELLED, ExchangeState.DECLINED])
        .count()
    )


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
    """People who left more than `weeks` ago and whose transcript has not come (ECTS Users' Guide: 5 weeks)."""
    limit = date.fromordinal(today.toordinal() - 7 * weeks)
    return Exchange.objects.filter(
        office=office, direction="out", state=ExchangeState.RETURNED, left_on__lt=limit
    ).select_related("person", "partner")
