"""Questions about agreements."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from sapar.accounts.models import Office
from sapar.directory.states import NameKind
from sapar.partners.models import (
    Agreement,
    AgreementVersion,
    ApprovalStep,
    Condition,
    Obligation,
)
from sapar.partners.states import AgreementState, ApprovalRole, StepState, VersionState


def agreements_of(office: Office) -> QuerySet[Agreement]:
    return Agreement.objects.filter(office=office).select_related("partnership__organisation", "unit")


def agreements_in_force(office: Office, on: date) -> QuerySet[Agreement]:
    """Signed, begun and not ended on the day; terminated ones count until their end date."""
    return agreements_of(office).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        state__in=[AgreementState.IN_FORCE, AgreementState.EXPIRED],
        starts_on__lte=on,
    )


def current_version(agreement: Agreement) -> AgreementVersion:
    """The version with the highest number: the one people work on or have agreed."""
    version = agreement.versions.order_by("-number").first()
    if version is None:
        raise AgreementVersion.DoesNotExist(f"agreement {agreement.pk} has no version")
    return version


def agreed_conditions(office: Office) -> QuerySet[Condition]:
    """Rows of places of agreements in force, from the version that was agreed."""
    return Condition.objects.filter(
        office=office, version__state=VersionState.FROZEN, version__agreement__state=AgreementState.IN_FORCE
    ).select_related("version__agreement__partnership__organisation", "unit")


def waiting_step(version: AgreementVersion) -> ApprovalStep | None:
    """The station whose answer is awaited now."""
    return (
        version.steps.filter(state=StepState.WAITING, waiting_since__isnull=False).order_by("order").first()
    )


def steps_waiting_for(office: Office, roles: list[str]) -> QuerySet[ApprovalStep]:
    return (
        ApprovalStep.objects.filter(
            office=office, role__in=roles, state=StepState.WAITING, waiting_since__isnull=False
        )
        .select_related("version__agreement__partnership__organisation")
        .order_by("waiting_since")
    )


def ending_before(office: Office, day: date) -> QuerySet[Agreement]:
    return (
        agreements_of(office).filter(state=AgreementState.IN_FORCE, ends_on__lt=day).order_by("ends_on", "pk")
    )


def open_obligations(office: Office) -> QuerySet[Obligation]:
    return (
        Obligation.objects.filter(office=office, done_on=None)
        .select_related("agreement__partnership__organisation")
        .order_by("due_on", F("pk"))
    )


def parties_of(agreement: Agreement) -> dict[str, tuple[str, str]]:
    """Language of the agreement → (our name, the partner's name) as papers in that language have it."""
    office, partner = agreement.office, agreement.partnership.organisation
    local = {
        name.language: name.name
        for name in partner.names.filter(kind__in=[NameKind.OFFICIAL, NameKind.LABEL]).order_by("kind", "pk")
        if name.language
    }
    return {
        language: (office.name_in(language), local.get(language, partner.name))
        for language in agreement.languages
    }


def snapshot_of(version: AgreementVersion) -> dict[str, object]:
    """Everything the parties agree to and the paper shows, as plain data in a fixed order."""
    agreement = version.agreement
    rows = version.conditions.select_related("unit").order_by(
        "academic_year", "direction", "kind", "isced_f", "level", "pk"
    )
    return {
        "agreement": {
            "kind": agreement.kind,
            "title": agreement.title,
            "partner": agreement.partnership.organisation.name,
            "languages": list(agreement.languages),
            "parties": {language: list(names) for language, names in parties_of(agreement).items()},
            "starts_on": agreement.starts_on.isoformat() if agreement.starts_on else None,
            "ends_on": agreement.ends_on.isoformat() if agreement.ends_on else None,
            "renews_automatically": agreement.renews_automatically,
            "renewal_months": agreement.renewal_months,
            "notice_months": agreement.notice_months,
        },
        "version": version.number,
        "texts": {language: version.texts.get(language, []) for language in agreement.languages},
        "conditions": [
            {
                "academic_year": row.academic_year,
                "direction": row.direction,
                "kind": row.kind,
                "isced_f": row.isced_f,
                "level": row.level,
                "places": row.places,
                "months": f"{row.months.normalize():f}",
                "language": row.language,
                "language_level": row.language_level,
                "unit": row.unit_id,
                "unit_name": row.unit.name if row.unit else "",
                "note": row.note,
            }
            for row in rows
        ],
    }


def content_of(version: AgreementVersion) -> dict[str, Any]:
    """The frozen snapshot, or for a draft what its snapshot would be now."""
    return version.snapshot if version.snapshot is not None else snapshot_of(version)


def draft_parts(agreement: Agreement) -> list[AgreementVersion | Condition]:
    """What can be written in a draft beside its head; marked together with it."""
    version = current_version(agreement)
    return [version, *version.conditions.order_by("pk")]


def is_intact(version: AgreementVersion) -> bool:
    """The frozen snapshot still has the digest that was approved."""
    return version.snapshot is None or digest_of(version.snapshot) == version.digest


def version_for_partner(agreement: Agreement) -> AgreementVersion | None:
    """The newest version that reached the partner's station; what the holder of the link may read."""
    return (
        agreement.versions.filter(
            Q(steps__waiting_since__isnull=False) | Q(steps__answered_at__isnull=False),
            steps__role=ApprovalRole.PARTNER,
        )
        .order_by("-number")
        .first()
    )


def digest_of(snapshot: Mapping[str, object]) -> str:
    """SHA-256 over the canonical JSON of a snapshot."""
    canonical = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
