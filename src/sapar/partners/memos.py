"""The words of the memo on renewal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from sapar.files.bilingual import how_to_check
from sapar.formats.numbers import signed, year_words
from sapar.formats.papers import Block, Facts, Grid, Heading, Paper, Paragraph, Signatures, Words
from sapar.partners.models import Agreement
from sapar.partners.papers import office_names
from sapar.partners.queries.health import Advice, Ground, RenewalFacts, recommendation

ADVICE: Mapping[Advice, str | Promise] = {
    Advice.LET_END: _l("Let the agreement end, or find out first why nobody used it."),
    Advice.FEWER_PLACES: _l("Renew the agreement with fewer places."),
    Advice.RENEW: _l("Renew the agreement on the same conditions."),
    Advice.RENEW_AFTER_TALK: _l("Renew the agreement after a talk with the partner about the points below."),
}
GROUNDS: Mapping[Ground, str | Promise] = {
    Ground.NOBODY: _l("None of the places agreed was used."),
    Ground.LITTLE_USED: _l("%(used)s %% of the places agreed were used, less than a quarter."),
    Ground.WELL_USED: _l("%(used)s %% of the places agreed were used."),
    Ground.ONE_SIDED: _l("The exchange is one-sided: the balance of people in and out is %(balance)s."),
    Ground.OBLIGATIONS_LATE: _l("Obligations past their date: %(late)s."),
    Ground.NO_CONTACT: _l("The last contact was on %(contact)s, more than a year ago."),
    Ground.NO_PLACES: _l("The agreement names no places, so there is no use of places to count."),
}


def ground_words(ground: Ground, facts: RenewalFacts) -> str:
    gaps = {
        "used": facts.used,
        "balance": signed(facts.balance),
        "late": facts.obligations_late,
        "contact": _day(facts.last_contact_on),
    }
    return str(GROUNDS[ground]) % gaps


def memo_paper(
    agreement: Agreement, facts: RenewalFacts, *, language: str, on: date, verify_url: str = ""
) -> Paper:
    """The memo in one language: recommendation, its grounds, the numbers, space for the decision."""
    with translation.override(language):
        advice = recommendation(facts, on=on)

        def say(text: object) -> Words:
            return {language: str(text)}

        blocks: list[Block] = [
            Facts(
                tuple(
                    (say(label), say(value))
                    for label, value in (
                        (_("Agreement"), f"{agreement.title} ({agreement.number or '–'})"),
                        (_("Partner"), agreement.partnership.organisation.name),
                        (_("In force"), f"{_day(agreement.starts_on)} – {_day(agreement.ends_on)}"),
                        (_("People exchanged"), facts.people),
                        (_("Balance (in less out)"), signed(facts.balance)),
                        (_("Places used"), "–" if facts.used is None else f"{facts.used} %"),
                        (_("Obligations done"), facts.obligations_done),
                        (_("Obligations past their date"), facts.obligations_late),
                        (_("Last contact"), _day(facts.last_contact_on)),
                    )
                )
            ),
            Heading(say(_("Recommendation"))),
            Paragraph(say(ADVICE[advice.advice])),
            *(Paragraph(say(f"– {ground_words(ground, facts)}")) for ground in advice.grounds),
        ]
        if facts.years:
            blocks += [Heading(say(_("Use by year"))), _years(facts, language)]
        blocks.append(Signatures(((say(_("Prepared by")), "", ""), (say(_("Decision")), "", ""))))
        return Paper(
            languages=(language,),
            issuer=office_names(agreement.office, (language,)),
            title=say(_("Memo on renewal")),
            blocks=tuple(blocks),
            on=on,
            number=agreement.number or str(agreement.pk),
            verify_url=verify_url,
            verify_words=how_to_check([language]),
        )


def _years(facts: RenewalFacts, language: str) -> Grid:
    heads = (
        _("Year"), _("Places out"), _("Went out"), _("Places in"), _("Came in"), _("Balance"),
    )  # fmt: skip
    rows = tuple(
        (
            year_words(year.academic_year),
            str(year.places_out),
            str(year.went_out),
            str(year.places_in),
            str(year.came_in),
            signed(year.balance),
        )
        for year in facts.years
    )
    return Grid(tuple({language: str(head)} for head in heads), rows, numeric=(1, 2, 3, 4, 5))


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else "–"
