"""Records as the API shows them, and pages of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from sapar.api.schemas import (
    AgreementDetail,
    AgreementListOut,
    AgreementListPage,
    AgreementOut,
    ApplicationOut,
    ComponentOut,
    ConditionOut,
    DecisionOut,
    ExchangeOut,
    LearningAgreementOut,
    OrganisationOut,
    Page,
    PartnershipOut,
    ReadyAgreement,
    RecognitionOut,
    RefusedCell,
    SignatureOut,
)
from sapar.directory.models import Organisation
from sapar.mobility.models import Application, Exchange, LearningAgreement, RecognitionCase
from sapar.partners.models import Agreement, AgreementImport, Condition, Partnership
from sapar.partners.queries import current_version
from sapar.partners.signed.wording import WORDS as LIST_WORDS

M = TypeVar("M", bound=Model)
MOST = 200


def page_of(rows: QuerySet[M], after: int, limit: int, show: Callable[[M], Any]) -> Page[Any]:
    """Rows with ids beyond `after`, in the order of ids: the same speed on the first and on the last page."""
    limit = min(max(limit, 1), MOST)
    found = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
    more = len(found) > limit
    return Page(items=[show(row) for row in found[:limit]], after=found[limit - 1].pk if more else None)


def partnership_out(row: Partnership) -> PartnershipOut:
    return PartnershipOut(
        id=row.pk,
        state=row.state,
        since=row.since,
        last_contact_on=row.last_contact_on,
        organisation=organisation_out(row.organisation),
    )


def organisation_out(row: Organisation) -> OrganisationOut:
    return OrganisationOut(
        id=row.pk,
        name=row.name,
        country=row.country_code,
        city=row.city,
        identifiers={entry.scheme: entry.value for entry in row.identifiers.all()},
    )


def _agreement_fields(row: Agreement) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "title": row.title,
        "kind": row.kind,
        "state": row.state,
        "partnership": row.partnership_id,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "signed_on": row.signed_on,
        "from_list": row.imported_by_id,
    }


def agreement_out(row: Agreement) -> AgreementOut:
    return AgreementOut(**_agreement_fields(row))


def agreement_detail(row: Agreement) -> AgreementDetail:
    version = current_version(row)
    rows = version.conditions.order_by("academic_year", "direction", "pk")
    return AgreementDetail(
        **_agreement_fields(row),
        version=version.number,
        digest=version.digest,
        conditions=[condition_out(condition) for condition in rows],
    )


def agreement_list_out(row: AgreementImport) -> AgreementListOut:
    return AgreementListOut(**_list_fields(row))


def agreement_list_page(row: AgreementImport) -> AgreementListPage:
    return AgreementListPage(
        **_list_fields(row),
        columns=row.columns,
        mapping=row.mapping,
        partners=row.partners,
        candidates=row.candidates,
        kinds=row.kinds,
        faculties=row.faculties,
        ready=[ReadyAgreement(**one) for one in row.ready],
        refused=[RefusedCell(**one, message=LIST_WORDS.problem(one)) for one in row.refused],
    )


def _list_fields(row: AgreementImport) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.file.name,
        "state": row.state,
        "rows": row.rows_total,
        "made_at": row.made_at,
    }


def condition_out(row: Condition) -> ConditionOut:
    return ConditionOut(
        id=row.pk,
        academic_year=row.academic_year,
        direction=row.direction,
        kind=row.kind,
        isced_f=row.isced_f,
        level=row.level,
        places=row.places,
        months=row.months,
        language=row.language,
        language_level=row.language_level,
    )


def application_out(row: Application) -> ApplicationOut:
    wishes = sorted(row.wishes.all(), key=lambda wish: wish.rank)
    return ApplicationOut(
        id=row.pk,
        number=row.number,
        state=row.state,
        person=row.person.display_name,
        score=row.score,
        wishes=[wish.place_id for wish in wishes],
    )


def exchange_out(row: Exchange) -> ExchangeOut:
    return ExchangeOut(
        id=row.pk,
        number=row.number,
        direction=row.direction,
        kind=row.kind,
        state=row.state,
        person=row.person.display_name,
        partner=row.partner_id,
        academic_year=row.academic_year,
        term=row.term,
        level=row.level,
        isced_f=row.isced_f,
        planned_from=row.planned_from,
        planned_to=row.planned_to,
        arrived_on=row.arrived_on,
        left_on=row.left_on,
        ended_on=row.ended_on,
        end_reason=row.end_reason,
        credits_studied=row.credits_studied,
        credits_recognised=row.credits_recognised,
    )


def learning_agreement_out(row: LearningAgreement) -> LearningAgreementOut:
    components = sorted(row.components.all(), key=lambda one: (one.group, one.side, one.pk))
    return LearningAgreementOut(
        number=row.number,
        state=row.state,
        digest=row.digest,
        sent_at=row.sent_at,
        signed_at=row.signed_at,
        components=[ComponentOut.from_orm(one) for one in components],
        signatures=[SignatureOut.from_orm(one) for one in row.signatures.all()],
    )


def recognition_out(row: RecognitionCase) -> RecognitionOut:
    return RecognitionOut(
        state=row.state,
        number=row.number,
        opened_at=row.opened_at,
        decided_at=row.decided_at,
        ordered_at=row.ordered_at,
        decisions=[DecisionOut.from_orm(one) for one in row.decisions.order_by("group")],
    )
