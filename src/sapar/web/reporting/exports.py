"""A report as paper and as workbook, from the same figures as its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from sapar.accounts.models import Office
from sapar.files.models import Paper as IssuedPaper
from sapar.formats.papers import Block, Facts, Grid, Heading, Paper, Paragraph, Words
from sapar.formats.tables import write_xlsx
from sapar.reporting.definitions import BY_CODE
from sapar.reporting.models import Report
from sapar.reporting.queries import figures_of
from sapar.web.numbers import grouped
from sapar.web.reporting.labels import row_names
from sapar.web.reporting.pages import SectionBlock, sections_of, summary_of, year_words


def in_languages(languages: Sequence[str], say: Callable[[], object]) -> Words:
    """The same words in each language; `say` is called with that language active."""
    words = {}
    for language in languages:
        with translation.override(language):
            words[language] = str(say())
    return words


def paper_of(report: Report, office: Office, languages: Sequence[str], paper: IssuedPaper | None) -> Paper:
    """The report in one or two languages side by side."""
    by_language: dict[str, list[SectionBlock]] = {}
    for language in languages:
        with translation.override(language):
            by_language[language] = sections_of(report, office)
    first = by_language[languages[0]]
    blocks: list[Block] = [Paragraph(in_languages(languages, lambda: summary_of(report)))]
    if report.summary:
        blocks.append(Paragraph(dict.fromkeys(languages, report.summary)))
    for at, section in enumerate(first):
        others = {language: by_language[language][at] for language in languages}
        blocks.append(Heading(in_languages(languages, partial(str, section.title))))
        blocks.append(
            Facts(
                tuple(
                    (
                        in_languages(languages, partial(str, number.definition.title)),
                        dict.fromkeys(
                            languages,
                            f"{grouped(number.figure.value, number.figure.decimals)} {number.figure.unit}".strip()
                            if number.figure and number.figure.value is not None
                            else "–",
                        ),
                    )
                    for number in section.numbers
                )
            )
        )
        for number, table in enumerate(section.tables):
            title = in_languages(languages, partial(str, table.definition.title))
            rows = tuple(
                (
                    " / ".join(
                        dict.fromkeys(
                            others[language].tables[number].lines[row].name for language in languages
                        )
                    ),
                    grouped(line.figure.value or 0, line.figure.decimals),
                )
                for row, line in enumerate(table.lines)
            )
            blocks.append(Grid((title, in_languages(languages, lambda: _("Number"))), rows, (1,), (4, 1)))
    return Paper(
        languages=tuple(languages),
        issuer={language: office.names.get(language) or office.name for language in languages},
        title=in_languages(
            languages, lambda: _("Annual report %(year)s") % {"year": year_words(report.academic_year)}
        ),
        blocks=tuple(blocks),
        on=report.as_of.date(),
        number=f"{report.academic_year}-{report.number}",
        verify_url=f"{settings.BASE_URL}/v/{paper.code}/" if paper else "",
        verify_words=in_languages(
            languages, lambda: _("Scan or open the address to check that this paper is valid.")
        ),
        digest=report.digest,
        draft_words={} if report.digest else in_languages(languages, lambda: _("Draft, not released")),
    )


def workbook_of(report: Report) -> bytes:
    """All figures on one sheet with their definitions, and the ids of the records behind each on another."""
    figures = list(figures_of(report))
    names = row_names(figures)
    rows = [
        [
            str(BY_CODE[figure.code].title),
            names.get((figure.code, figure.row), ""),
            None if figure.value is None else float(figure.value),
            figure.unit,
            str(BY_CODE[figure.code].meaning),
        ]
        for figure in figures
    ]
    behind = [
        [figure.code, names.get((figure.code, figure.row), ""), figure.record_type, pk]
        for figure in figures
        for pk in figure.record_ids
    ]
    return write_xlsx(
        {
            _("Figures"): ([_("Figure"), _("Row"), _("Value"), _("Unit"), _("Definition")], rows),
            _("Records"): ([_("Figure"), _("Row"), _("Kind of record"), _("Record")], behind),
        }
    )
