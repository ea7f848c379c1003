"""The letter that tells an applicant what was decided, and for each wish why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sapar.directory.queries import unit_names
from sapar.files.bilingual import how_to_check, issuer, languages_of, said, same
from sapar.formats.papers import Block, Facts, Heading, Paper, Paragraph
from sapar.mobility.models import Application, Award
from sapar.mobility.wording.mechanisms import mechanism_name
from sapar.mobility.wording.reasons import no_place_sentence, reason_sentences
from sapar.mobility.wording.rules import shown


def decision_letter(
    award: Award, hosts: dict[int, str], *, verify_url: str, on: date, appeal_until: datetime | None
) -> Paper:
    """`hosts` names the hosts of the applicant's wishes by the id of the place."""
    application, run = award.application, award.run
    office, call = application.office, application.call
    languages = languages_of(office, application.person.language)
    facts = {
        "name": application.person.display_name,
        "number": application.number,
        "call": call.title,
        "host": hosts.get(award.place_id, "") if award.place_id else "",
        "score": shown(application.score) if application.score is not None else "–",
        "seed": run.seed,
        "run": run.number,
    }
    blocks: list[Block] = [
        Facts(
            (
                (said(languages, lambda: _("Applicant")), same(languages, application.person.display_name)),
                (said(languages, lambda: _("Application")), same(languages, application.number)),
                (said(languages, lambda: _("Call")), same(languages, call.title)),
                (said(languages, lambda: _("Points")), said(languages, lambda: shown(application.score))),
            )
        ),
        Paragraph(said(languages, lambda: _decided(award, facts))),
        *_deadlines(languages, application, award, appeal_until),
        Heading(said(languages, lambda: _("Your wishes and what decided"))),
    ]
    faculties = {language: unit_names(office, language) for language in languages}
    for reason in award.reasons:
        blocks.append(
            Paragraph(
                said(languages, lambda r=reason: _wish(r, hosts, faculties[get_language() or ""]))  # type: ignore[misc]
            )
        )
    blocks.append(
        Paragraph(
            said(
                languages,
                lambda: (
                    _("The places were given by %(mechanism)s in run %(run)s with the seed %(seed)s.")
                    % {**facts, "mechanism": mechanism_name(run.mechanism)}
                ),
            )
        )
    )
    return Paper(
        languages=languages,
        issuer=issuer(office, languages),
        title=said(languages, lambda: _("Decision about your application")),
        blocks=tuple(blocks),
        on=on,
        number=application.number,
        verify_url=verify_url,
        verify_words=how_to_check(languages),
        digest=run.digest,
    )


def _decided(award: Award, facts: dict[str, Any]) -> str:
    if award.place_id:
        return _("You are offered a place: %(host)s.") % facts
    return no_place_sentence(award.reasons)


def _deadlines(
    languages: tuple[str, ...], application: Application, award: Award, appeal_until: datetime | None
) -> list[Block]:
    found: list[Block] = []
    if award.place_id and application.answer_by:
        until = _moment(application.answer_by)
        found.append(
            Paragraph(
                said(
                    languages,
                    lambda: (
                        _("Confirm or decline it until %(day)s; after that it goes to somebody else.")
                        % {"day": until}
                    ),
                )
            )
        )
    if appeal_until:
        last = _moment(appeal_until)
        found.append(Paragraph(said(languages, lambda: _("You may appeal until %(day)s.") % {"day": last})))
    return found


def _wish(reason: dict[str, Any], hosts: dict[int, str], faculties: Mapping[str, str]) -> str:
    sentences = " ".join(reason_sentences(reason, faculties))
    return _("%(number)s. %(host)s: %(sentences)s") % {
        "number": reason["wish"],
        "host": hosts.get(int(reason["offer"]), ""),
        "sentences": sentences,
    }


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d.%m.%Y %H:%M}"
