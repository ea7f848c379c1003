"""Certificates of stay, and the transcript of records that we give to a partner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from sapar.directory.queries import home_of
from sapar.files.bilingual import how_to_check, issuer, said, same
from sapar.formats.papers import Block, Facts, Grid, Paper, Paragraph, Signatures
from sapar.methods.recognition import GradeScale
from sapar.mobility.models import Exchange, Transcript, TranscriptLine
from sapar.mobility.papers.learning import languages_for
from sapar.mobility.queries.credits import converter_for
from sapar.mobility.wording.credits import credits_text


def stay_certificate(exchange: Exchange, *, number: str, on: date, verify_url: str) -> Paper:
    """That somebody was here, or went there, from when to when."""
    languages = languages_for(exchange)
    home, partner = home_of(exchange.office).name, exchange.partner.name
    sending, receiving = (home, partner) if exchange.direction == "out" else (partner, home)
    first, last = exchange.arrived_on, exchange.left_on
    if first is None or last is None:
        raise ValueError("a certificate needs both dates")
    facts = {
        "person": exchange.person.display_name,
        "host": receiving,
        "first": f"{first:%d.%m.%Y}",
        "last": f"{last:%d.%m.%Y}",
    }
    rows = (
        (said(languages, lambda: _("Name as in the passport")), same(languages, facts["person"])),
        (said(languages, lambda: _("Sending institution")), same(languages, sending)),
        (said(languages, lambda: _("Receiving institution")), same(languages, receiving)),
        (said(languages, lambda: _("Arrived")), same(languages, facts["first"])),
        (said(languages, lambda: _("Left")), same(languages, facts["last"])),
        (said(languages, lambda: _("Days of stay")), same(languages, str((last - first).days + 1))),
        (said(languages, lambda: _("Kind of stay")), said(languages, exchange.get_kind_display)),
    )
    return Paper(
        languages=languages,
        issuer=issuer(exchange.office, languages),
        title=said(languages, lambda: _("Certificate of stay")),
        blocks=(
            Paragraph(
                said(
                    languages,
                    lambda: (
                        _("This is to certify that %(person)s stayed at %(host)s from %(first)s to %(last)s.")
                        % facts
                    ),
                )
            ),
            Facts(rows),
            Signatures(((said(languages, lambda: _("For the international office")), "", ""),)),
        ),
        on=on,
        number=number,
        verify_url=verify_url,
        verify_words=how_to_check(languages),
    )


def transcript_paper(
    transcript: Transcript,
    lines: Sequence[TranscriptLine],
    scale: GradeScale,
    *,
    number: str,
    on: date,
    verify_url: str,
) -> Paper:
    """Our transcript of records of a guest, with the scale that explains its marks."""
    exchange = transcript.exchange
    languages = languages_for(exchange)
    passed = converter_for(exchange).sum((one.credits, one.credit_unit) for one in lines if one.passed)
    blocks: tuple[Block, ...] = (
        Facts(
            (
                (
                    said(languages, lambda: _("Name as in the passport")),
                    same(languages, exchange.person.display_name),
                ),
                (said(languages, lambda: _("Sending institution")), same(languages, exchange.partner.name)),
                (
                    said(languages, lambda: _("Receiving institution")),
                    same(languages, home_of(exchange.office).name),
                ),
                (
                    said(languages, lambda: _("Credits passed")),
                    same(languages, f"{credits_text(passed.total)} {passed.unit}"),
                ),
            )
        ),
        Grid(
            heads=(
                said(languages, lambda: _("Code")),
                said(languages, lambda: _("Title of the component")),
                said(languages, lambda: _("Credits")),
                said(languages, lambda: _("Mark")),
                said(languages, lambda: _("Examined on")),
            ),
            rows=tuple(
                (
                    line.code,
                    line.title,
                    f"{credits_text(line.credits)} {line.credit_unit}",
                    line.mark,
                    f"{line.examined_on:%d.%m.%Y}" if line.examined_on else "",
                )
                for line in lines
            ),
            numeric=(2,),
            widths=(1.2, 4, 1, 1, 1.3),
        ),
        Paragraph(
            said(
                languages,
                lambda: (
                    _("Marks by the scale “%(title)s”: %(bands)s.")
                    % {"title": scale.title, "bands": bands_text(scale)}
                ),
            )
        ),
        Signatures(((said(languages, lambda: _("Registrar")), "", ""),)),
    )
    return Paper(
        languages=languages,
        issuer=issuer(exchange.office, languages),
        title=said(languages, lambda: _("Transcript of records")),
        blocks=blocks,
        on=on,
        number=number,
        verify_url=verify_url,
        verify_words=how_to_check(languages),
        digest=transcript.digest,
    )


def bands_text(scale: GradeScale) -> str:
    """All bands in a line, best first; failing ones after a stroke."""

    def shown(passing: bool) -> str:
        return ", ".join(
            f"{band.label} ({credits_text(band.low)}–{credits_text(band.high)})"
            if band.low is not None
            else band.label
            for band in scale.bands
            if band.passing == passing
        )

    return " / ".join(filter(None, (shown(True), shown(False))))
