"""The minutes of a giving of places: everything that decided, and who got what."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from sapar.directory.queries import unit_names
from sapar.files.bilingual import how_to_check, issuer, languages_of, said, same
from sapar.formats.papers import Block, Facts, Grid, Heading, Paper, Paragraph, Signatures
from sapar.methods.allocation import Verification
from sapar.mobility.models import Award, CallPlace, PlacingRun
from sapar.mobility.wording.mechanisms import mechanism_name
from sapar.mobility.wording.reasons import unused_sentence
from sapar.mobility.wording.rules import rule_sentence, shown_alike


def minutes(
    run: PlacingRun,
    awards: Sequence[Award],
    ineligible: Container[int],
    checked: Verification,
    *,
    verify_url: str,
    on: date,
) -> Paper:
    """`awards` with their applications, people and places; `ineligible`: the numbers of applications."""
    call, office = run.call, run.office
    languages = languages_of(office)
    waiting = [one for one in awards if not one.place_id and one.application_id not in ineligible]
    outside = [one for one in awards if not one.place_id and one.application_id in ineligible]
    places = {place.pk: place for place in call.places.select_related("host")}
    faculties = {language: unit_names(office, language) for language in languages}
    blocks: list[Block] = [
        _facts(run, languages),
        Heading(said(languages, lambda: _("Conditions"))),
        *(
            Paragraph(said(languages, lambda r=rule: rule_sentence(r, faculties[get_language() or ""])))  # type: ignore[misc]
            for rule in call.rules
        ),
        Heading(said(languages, lambda: _("Places and cut-offs"))),
        _cutoffs(run, places, languages, faculties),
        Heading(said(languages, lambda: _("Places offered"))),
        _offered(awards, languages),
        Heading(said(languages, lambda: _("Reserve list"))),
        _without_place(waiting, languages),
        *_outside(outside, languages),
        *_unused(run, places, languages, faculties),
        Heading(said(languages, lambda: _("Check"))),
        Paragraph(said(languages, lambda: verdict(checked))),
        _signatures(run, languages),
    ]
    return Paper(
        languages=languages,
        issuer=issuer(office, languages),
        title=said(languages, lambda: _("Minutes of the giving of places")),
        blocks=tuple(blocks),
        on=on,
        number=f"{call.academic_year}/{call.pk}-{run.number}",
        verify_url=verify_url,
        verify_words=how_to_check(languages),
        digest=run.digest,
    )


def verdict(checked: Verification) -> str:
    """What an independent check of the stored result says, in one sentence."""
    if checked.sound and checked.stable:
        return _(
            "Checked from the stored data: no rule is broken, the result comes out the same again, and nobody "
            "is passed over by somebody with fewer points."
        )
    if checked.sound:
        count = len({pair.applicant for pair in checked.blocking})
        return ngettext(
            "Checked from the stored data: no rule is broken and the result comes out the same again, but "
            "%(count)s applicant sees a place they prefer with somebody behind them, or empty.",
            "Checked from the stored data: no rule is broken and the result comes out the same again, but "
            "%(count)s applicants see a place they prefer with somebody behind them, or empty.",
            count,
        ) % {"count": count}
    return _("Checked from the stored data: the result does not hold.")


def _facts(run: PlacingRun, languages: tuple[str, ...]) -> Facts:
    call = run.call
    computed = timezone.localtime(run.computed_at or run.made_at)
    return Facts(
        (
            (said(languages, lambda: _("Call")), same(languages, call.title)),
            (said(languages, lambda: _("Mechanism")), said(languages, lambda: mechanism_name(run.mechanism))),
            (said(languages, lambda: _("Seed of the lots")), same(languages, str(run.seed))),
            (said(languages, lambda: _("Applicants")), same(languages, str(run.applicants))),
            (said(languages, lambda: _("With a place")), same(languages, str(run.placed))),
            (said(languages, lambda: _("Computed")), same(languages, f"{computed:%d.%m.%Y %H:%M}")),
            (said(languages, lambda: _("Digest of the data")), same(languages, run.digest[:32])),
        )
    )


def part_name(part: str, faculties: Mapping[str, str]) -> str:
    return (
        _("open to all")
        if part == "open"
        else _("reserved: %(group)s") % {"group": faculties.get(part, part)}
    )


def _points(values: Iterable[object], languages: Sequence[str]) -> list[str]:
    """A column of points as the paper's first language writes numbers, with equally many decimals."""
    with override(languages[0]):
        return [text or "–" for text in shown_alike(list(values))]


def _cutoffs(
    run: PlacingRun,
    places: dict[int, CallPlace],
    languages: tuple[str, ...],
    faculties: Mapping[str, Mapping[str, str]],
) -> Grid:
    """Where no place is reserved, there is no column that would say so."""
    lines = [line for line in run.result["cutoffs"] if line["places"]]
    points = _points((line.get("score") for line in lines), languages)
    names = faculties[languages[0]]
    rows = [
        (
            places[int(line["offer"])].host.name,
            "" if line["part"] == "open" else names.get(line["part"], line["part"]),
            str(line["places"]),
            str(line["filled"]),
            own,
        )
        for line, own in zip(lines, points, strict=True)
    ]
    heads = (
        said(languages, lambda: _("Host")),
        said(languages, lambda: _("Reserved for")),
        said(languages, lambda: _("Places")),
        said(languages, lambda: _("Given")),
        said(languages, lambda: _("Cut-off")),
    )
    if any(row[1] for row in rows):
        return Grid(heads, tuple(rows), numeric=(2, 3, 4), widths=(2.7, 2, 1, 1, 1))
    plain = tuple((host, *figures) for host, _group, *figures in rows)
    return Grid((heads[0], *heads[2:]), plain, numeric=(1, 2, 3), widths=(4, 1, 1, 1))


def _offered(awards: Sequence[Award], languages: tuple[str, ...]) -> Grid:
    placed = [award for award in awards if award.place_id]
    points = _points((award.application.score for award in placed), languages)
    rows = tuple(
        (
            award.application.number,
            award.application.person.display_name,
            award.place.host.name if award.place else "",
            str(award.wish_rank or "–"),
            own,
        )
        for award, own in zip(placed, points, strict=True)
    )
    heads = (
        said(languages, lambda: _("Number")),
        said(languages, lambda: _("Name")),
        said(languages, lambda: _("Host")),
        said(languages, lambda: _("Wish")),
        said(languages, lambda: _("Points")),
    )
    return Grid(heads, rows, numeric=(3, 4), widths=(1.3, 2.4, 2.6, 0.9, 0.9))


def _outside(awards: Sequence[Award], languages: tuple[str, ...]) -> list[Block]:
    """Those whom the conditions of all their wishes keep out, where there are such people."""
    if not awards:
        return []
    return [Heading(said(languages, lambda: _("Not eligible"))), _without_place(awards, languages)]


def _without_place(awards: Sequence[Award], languages: tuple[str, ...]) -> Grid:
    waiting = sorted(awards, key=lambda award: (-(award.application.score or 0), award.application.number))
    points = _points((award.application.score for award in waiting), languages)
    rows = tuple(
        (award.application.number, award.application.person.display_name, own)
        for award, own in zip(waiting, points, strict=True)
    )
    heads = (
        said(languages, lambda: _("Number")),
        said(languages, lambda: _("Name")),
        said(languages, lambda: _("Points")),
    )
    return Grid(heads, rows, numeric=(2,), widths=(1.3, 4, 1))


def _unused(
    run: PlacingRun,
    places: dict[int, CallPlace],
    languages: tuple[str, ...],
    faculties: Mapping[str, Mapping[str, str]],
) -> list[Block]:
    if not run.result["unused"]:
        return []
    rows = tuple(
        (
            said(
                languages,
                lambda o=one: (
                    _("%(host)s (%(part)s): %(places)s")  # type: ignore[misc]
                    % {
                        "host": places[int(o["offer"])].host.name,
                        "part": part_name(o["part"], faculties[get_language() or ""]),
                        "places": o["places"],
                    }
                ),
            ),
            said(languages, lambda o=one: unused_sentence(o)),  # type: ignore[misc]
        )
        for one in run.result["unused"]
    )
    return [Heading(said(languages, lambda: _("Places that stayed empty, and why"))), Facts(rows)]


def _signatures(run: PlacingRun, languages: tuple[str, ...]) -> Signatures:
    made, adopted = timezone.localtime(run.made_at), timezone.localtime(run.adopted_at or run.made_at)
    return Signatures(
        (
            (said(languages, lambda: _("Run made by")), run.made_by, f"{made:%d.%m.%Y %H:%M}"),
            (said(languages, lambda: _("Adopted by")), run.adopted_by, f"{adopted:%d.%m.%Y %H:%M}"),
        )
    )
