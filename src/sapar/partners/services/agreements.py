"""Drafting agreements: versions, yearly conditions, texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.accounts.models import User
from sapar.audit.services import record
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.directory.fields import is_field
from sapar.directory.models import Unit
from sapar.formats.numbers import year_words
from sapar.partners.errors import EndsBeforeItBegins, UnknownField, VersionFrozen, YearOutside
from sapar.partners.models import Agreement, AgreementVersion, Condition, Partnership
from sapar.partners.policies import may_change_agreement, may_draft_agreement
from sapar.partners.queries import current_version, draft_parts, parties_of
from sapar.partners.states import AgreementKind, Direction, MobilityKind, VersionState
from sapar.partners.texts import template_texts


@dataclass(frozen=True, kw_only=True)
class AgreementEntry:
    """The head of an agreement."""

    kind: AgreementKind
    title: str
    starts_on: date | None = None
    ends_on: date | None = None
    renews_automatically: bool = False
    renewal_months: int = 0
    notice_months: int = 3
    unit: Unit | None = None
    responsible: User | None = None
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True, kw_only=True)
class ConditionEntry:
    """A row of places. `isced_f` has four digits or is empty; `months` are for each person."""

    academic_year: int
    direction: Direction
    places: int
    months: Decimal
    kind: MobilityKind = MobilityKind.STUDY
    isced_f: str = ""
    level: str = ""
    language: str = ""
    language_level: str = ""
    unit: Unit | None = None
    note: str = ""


Texts = Mapping[str, Sequence[Mapping[str, str]]]
"""language → articles, each with `heading` and `text`."""
HEAD = ("kind", "title", "starts_on", "ends_on", "renews_automatically", "renewal_months", "notice_months")


@transaction.atomic
def draft_agreement(
    partnership: Partnership,
    entry: AgreementEntry,
    *,
    texts: Texts | None = None,
    conditions: Sequence[ConditionEntry] = (),
    by: Actor,
    at: datetime,
) -> Agreement:
    """Begin an agreement with its first version; without `texts` it gets the template of its kind."""
    require(may_draft_agreement, by, partnership.office)
    agreement = Agreement(office=partnership.office, partnership=partnership, made_at=at)
    _fill(agreement, entry)
    agreement.save(force_insert=True)
    version = AgreementVersion.objects.create(
        office=agreement.office,
        agreement=agreement,
        number=1,
        texts=dict(texts) if texts is not None else templates_for(agreement),
        made_at=at,
    )
    _replace_conditions(version, conditions)
    record("partners.agreement.drafted", subject=agreement, by=by, at=at, kind=agreement.kind)
    return agreement


@transaction.atomic
def change_draft(
    agreement: Agreement,
    entry: AgreementEntry | None = None,
    *,
    texts: Texts | None = None,
    conditions: Sequence[ConditionEntry] | None = None,
    seen: str = "",
    by: Actor,
    at: datetime,
) -> Agreement:
    """Change head, texts or rows of a version that was not sent round yet; None leaves a part as it is.

    A language that is new to the agreement begins with the template of its kind.

    Args:
        seen: mark of the agreement with its `draft_parts` as the page showed them.

    Raises:
        VersionFrozen, ChangedMeanwhile, and what the parts refuse
    """
    require(may_change_agreement, by, agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    version = current_version(agreement)
    if version.state != VersionState.DRAFT:
        raise VersionFrozen(number=version.number)
    refuse_changed(agreement, seen, draft_parts(agreement))
    before = {name: getattr(agreement, name) for name in HEAD}
    if entry is not None:
        _fill(agreement, entry)
        agreement.save()
    if texts is not None:
        version.texts = dict(texts)
    if missing := [language for language in agreement.languages if language not in version.texts]:
        fresh = templates_for(agreement)
        version.texts = {**version.texts, **{language: fresh[language] for language in missing}}
    version.save(update_fields=["texts"])
    if conditions is not None:
        _replace_conditions(version, conditions)
    elif entry is not None:
        _check_years(agreement, [row.academic_year for row in version.conditions.all()])
    changes = {
        name: [old, getattr(agreement, name)]
        for name, old in before.items()
        if old != getattr(agreement, name)
    }
    parts = [
        part
        for part, given in (("head", entry), ("texts", texts), ("places", conditions))
        if given is not None
    ]
    record(
        "partners.agreement.changed",
        subject=agreement,
        by=by,
        at=at,
        version=version.number,
        parts=parts,
        changes=changes,
    )
    return agreement


def templates_for(agreement: Agreement) -> dict[str, list[dict[str, str]]]:
    """The template texts of the agreement's kind in its languages."""
    return template_texts(
        AgreementKind(agreement.kind),
        agreement.languages,
        parties=parties_of(agreement),
        notice_months=agreement.notice_months,
    )


def _fill(agreement: Agreement, entry: AgreementEntry) -> None:
    if entry.starts_on and entry.ends_on and entry.ends_on < entry.starts_on:
        raise EndsBeforeItBegins(ends=f"{entry.ends_on:%d.%m.%Y}", starts=f"{entry.starts_on:%d.%m.%Y}")
    agreement.kind, agreement.title = entry.kind, entry.title.strip()
    agreement.starts_on, agreement.ends_on = entry.starts_on, entry.ends_on
    agreement.renews_automatically, agreement.renewal_months = (
        entry.renews_automatically,
        entry.renewal_months,
    )
    agreement.notice_months, agreement.unit = entry.notice_months, entry.unit
    agreement.responsible, agreement.languages = entry.responsible, list(entry.languages)


def _replace_conditions(version: AgreementVersion, conditions: Sequence[ConditionEntry]) -> None:
    for row in conditions:
        if row.isced_f and not is_field(row.isced_f):
            raise UnknownField(code=row.isced_f)
    _check_years(version.agreement, [row.academic_year for row in conditions])
    version.conditions.all().delete()
    Condition.objects.bulk_create(
        Condition(office_id=version.office_id, version=version, **{**asdict(row), "unit": row.unit})
        for row in conditions
    )


def _check_years(agreement: Agreement, years: Sequence[int]) -> None:
    """Each academic year touches the time of the agreement."""
    first, last = agreement.starts_on, agreement.ends_on
    for year in years:
        if (first and year + 1 < first.year) or (last and year > last.year):
            span = f"{first:%d.%m.%Y}–" if first else "–"
            span += f"{last:%d.%m.%Y}" if last else ""
            raise YearOutside(year=year_words(year), span=span)
