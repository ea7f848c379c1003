"""The annual report as a paper in one or two languages side by side, from the same figures as its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sapar.accounts.models import Office
from sapar.core.days import local_day
from sapar.files.bilingual import how_to_check, issuer, said
from sapar.formats.numbers import grouped, year_words
from sapar.formats.papers import Block, Facts, Grid, Heading, Paper, Paragraph, Words
from sapar.reporting.definitions import DEFINITIONS, SECTION_TITLES, By, Definition, Section, Unit
from sapar.reporting.labels import row_names
from sapar.reporting.models import Figure, Report
from sapar.reporting.queries import figures_of

DECIMAL_COMMA = {"ru", "ky", "kk", "uz"}


def number_of(report: Report) -> str:
    """Of the paper and of the report alike."""
    return f"{report.academic_year}-{report.number}"


def decimals_of(unit: str) -> int:
    return 1 if unit == Unit.PERCENT else 0


def unit_words(unit: str) -> str:
    return {
        Unit.PERCENT.value: "%",
        Unit.DAYS.value: pgettext("unit", "days"),
        Unit.CREDITS.value: pgettext("unit", "credits"),
    }.get(unit, "")


def value_words(figure: Figure) -> str:
    """The value with its unit in the language that is active."""
    if figure.value is None:
        return "–"
    comma = (translation.get_language() or "en")[:2] in DECIMAL_COMMA
    return f"{grouped(figure.value, decimals_of(figure.unit), comma=comma)} {unit_words(figure.unit)}".strip()


def summary_of(report: Report) -> str:
    """The report's answer in one sentence."""
    values = {figure.code: figure.value for figure in report.figures.filter(row="")}
    return _(
        "%(year)s: outgoing %(out)s, incoming %(in)s; agreements in force: %(agreements)s, "
        "active partners: %(partners)s."
    ) % {
        "year": year_words(report.academic_year),
        "out": int(values.get("exchanges.out") or 0),
        "in": int(values.get("exchanges.in") or 0),
        "agreements": int(values.get("agreements.in_force") or 0),
        "partners": int(values.get("partners.active") or 0),
    }


def report_paper(
    report: Report, office: Office, languages: Sequence[str], *, code: str = "", on: datetime | None = None
) -> Paper:
    """`code` is that of the issued paper; without one it is a copy, and before the release a draft that says so."""
    figures = list(figures_of(report))
    by_code: dict[str, list[Figure]] = {}
    for figure in figures:
        by_code.setdefault(figure.code, []).append(figure)
    names = {}
    for language in languages:
        with translation.override(language):
            names[language] = row_names(figures)
    blocks: list[Block] = [Paragraph(said(languages, lambda: summary_of(report)))]
    if report.summary:
        blocks.append(Paragraph(dict.fromkeys(languages, report.summary)))
    for section in Section:
        blocks += _section(section, by_code, names, languages)
    return Paper(
        languages=tuple(languages),
        issuer=issuer(office, languages),
        title=said(
            languages, lambda: _("Annual report %(year)s") % {"year": year_words(report.academic_year)}
        ),
        blocks=tuple(blocks),
        on=local_day(on or report.released_at or report.as_of),
        number=number_of(report),
        verify_url=f"{settings.BASE_URL.rstrip('/')}/v/{code}/" if code else "",
        verify_words=how_to_check(languages),
        digest=report.digest,
        draft_words={} if report.digest else said(languages, lambda: _("Draft, not released")),
    )


def _section(
    section: Section,
    by_code: Mapping[str, Sequence[Figure]],
    names: Mapping[str, Mapping[tuple[str, str], str]],
    languages: Sequence[str],
) -> list[Block]:
    """Numbers first, then the tables that break them down; a section without figures keeps its heading."""
    numbers: list[tuple[Words, Words]] = []
    tables: list[Block] = []
    for definition in DEFINITIONS:
        found = by_code.get(definition.code, ())
        if definition.section != section or not found:
            continue
        if definition.by == By.NOTHING:
            first = found[0]
            numbers.append(
                (_title(definition, languages), said(languages, lambda one=first: value_words(one)))  # type: ignore[misc]
            )
        else:
            tables.append(_table(definition, found, names, languages))
    return [Heading(said(languages, lambda: SECTION_TITLES[section])), Facts(tuple(numbers)), *tables]


def _title(definition: Definition, languages: Sequence[str]) -> Words:
    return said(languages, lambda: definition.title)


def _table(
    definition: Definition,
    figures: Sequence[Figure],
    names: Mapping[str, Mapping[tuple[str, str], str]],
    languages: Sequence[str],
) -> Grid:
    rows = tuple(
        (
            " / ".join(dict.fromkeys(names[language][one.code, one.row] for language in languages)),
            grouped(one.value or Decimal(0), decimals_of(one.unit)),
        )
        for one in figures
    )
    return Grid((_title(definition, languages), said(languages, lambda: _("Value"))), rows, (1,), (4, 1))
