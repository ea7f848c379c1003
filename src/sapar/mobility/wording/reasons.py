"""Why a wish came true or not, in whole sentences: for the applicant, or about the applicant for the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.mobility.eligibility import eligible_nowhere
from sapar.mobility.wording.rules import NOTHING, failure_sentence, shown

Data = Mapping[str, Any]


def outcome_word(code: str) -> str:
    """One or two words for a table."""
    words = {
        "placed": _("place offered"),
        "kept": _("place kept"),
        "not_eligible": _("not eligible"),
        "placed_higher": _("better wish came true"),
        "frozen_elsewhere": _("place confirmed elsewhere"),
        "reserved": _("reserved for others"),
        "no_places": _("no place free"),
        "below_cutoff": _("below the cut-off"),
        "given_earlier": _("given to an earlier wish"),
    }
    return words.get(code, code)


def reason_sentences(reason: Data, faculties: Mapping[str, str] = NOTHING, *, own: bool = True) -> list[str]:
    """Everything that decided about one wish; `own` when the applicant reads it."""
    parts: Sequence[Data] = reason.get("parts", ())
    if not own:
        return _about_somebody(reason, parts, faculties)
    match reason["code"]:
        case "placed":
            return [_("You are offered a place here."), *_standing(reason, parts, faculties)]
        case "kept":
            return [_("You keep the place that you were offered before.")]
        case "not_eligible":
            return [
                _("You do not meet a condition of this place."),
                *(failure_sentence(failure, faculties) for failure in reason.get("failures", ())),
            ]
        case "placed_higher":
            return [_("A wish that you named before this one came true.")]
        case "frozen_elsewhere":
            return [_("You have confirmed another place, so this wish was not considered.")]
        case "reserved":
            return [_("All places here are reserved for groups to which you do not belong.")]
        case "no_places":
            return [_("There was no free place here.")]
        case "given_earlier":
            return [
                _("The place was given before your wish was considered: it stood further down your list.")
            ]
    return [sentence for part in parts for sentence in _part(part, faculties)]


def _about_somebody(reason: Data, parts: Sequence[Data], faculties: Mapping[str, str]) -> list[str]:
    match reason["code"]:
        case "placed":
            return [_("The place is offered."), *_standing(reason, parts, faculties, own=False)]
        case "kept":
            return [_("The place offered before is kept.")]
        case "not_eligible":
            failures = reason.get("failures", ())
            told = [failure_sentence(failure, faculties, own=False) for failure in failures]
            return [_("A condition of this place is not met."), *told]
        case "placed_higher":
            return [_("A wish named before this one came true.")]
        case "frozen_elsewhere":
            return [_("Another place is confirmed, so this wish was not considered.")]
        case "reserved":
            return [_("All places here are reserved for other groups.")]
        case "no_places":
            return [_("There was no free place here.")]
        case "given_earlier":
            return [_("The place was given before this wish was considered: it stood further down the list.")]
    return [sentence for part in parts for sentence in _part(part, faculties, own=False)]


def _standing(
    reason: Data, parts: Sequence[Data], faculties: Mapping[str, str], *, own: bool = True
) -> list[str]:
    found = []
    for part in parts:
        if part["part"] != "open":
            found.append(
                _("It is a place reserved for “%(group)s”.") % {"group": group_name(part, faculties)}
            )
        if part.get("cutoff") is not None and reason.get("score") is not None:
            words = (
                _("The last place went at %(cutoff)s points; yours: %(own)s.")
                if own
                else _("The last place went at %(cutoff)s points; these are %(own)s.")
            )
            found.append(words % {"cutoff": shown(part["cutoff"]), "own": shown(reason["score"])})
    return found


def group_name(part: Data, faculties: Mapping[str, str]) -> str:
    """For whom a part is reserved: a faculty by its name, any other group as the office called it."""
    code = str(part["part"])
    return faculties.get(code, code)


def _part(part: Data, faculties: Mapping[str, str], *, own: bool = True) -> list[str]:
    """How far the applicant was from one part of the places."""
    where = (
        _("Places open to all")
        if part["part"] == "open"
        else _("Places reserved for “%(group)s”") % {"group": group_name(part, faculties)}
    )
    if not part["places"]:
        return []
    if part["decided_by"] == "reserved":
        words = _("%(where)s: none of them is for you.") if own else _("%(where)s: not for this applicant.")
        return [words % {"where": where}]
    facts = {
        "where": where,
        "places": part["places"],
        "position": part.get("position"),
        "own": shown(part.get("own")),
        "last": shown(part.get("last")),
    }
    queue = (
        ngettext(
            "%(where)s: position %(position)s for %(places)s place.",
            "%(where)s: position %(position)s for %(places)s places.",
            part["places"],
        )
        % facts
    )
    match part["decided_by"]:
        case "score":
            words = (
                _("Cut-off %(last)s points, yours %(own)s.")
                if own
                else _("Cut-off %(last)s points, here %(own)s.")
            )
            return [queue, words % facts]
        case "tier":
            return [queue, _("They went first to those for whom they are reserved.")]
        case "lottery":
            words = (
                _("Your points equal the cut-off; the lot decided: your number %(own)s, the last %(last)s.")
                if own
                else _("The points equal the cut-off; the lot decided: number %(own)s, the last %(last)s.")
            )
            return [queue, words % facts]
        case "mechanism":
            words = (
                _("The place was given before your wish was considered.")
                if own
                else _("The place was given before this wish was considered.")
            )
            return [queue, words]
        case "places":
            return [_("%(where)s: none was free.") % facts]
    words = (
        _("Your points equal the cut-off; “%(what)s” decided: yours %(own)s, the last %(last)s.")
        if own
        else _("The points equal the cut-off; “%(what)s” decided: here %(own)s, the last %(last)s.")
    )
    return [queue, words % {**facts, "what": part["decided_by"]}]


def unused_sentence(unused: Data) -> str:
    """Why places stayed empty."""
    counts = {
        "wished": unused["wished"],
        "eligible": unused["eligible"],
        "entitled": unused["entitled"],
    }
    words = {
        "no_wishes": _("Nobody wished to go there."),
        "none_eligible": _("%(wished)s wished to go there; none of them meets the conditions."),
        "reserved": _(
            "%(eligible)s were eligible, but none belongs to those for whom the places are reserved."
        ),
        "all_placed": ngettext(
            "The %(entitled)s person who could have had one got a place there or at a wish they prefer.",
            "All %(entitled)s who could have had one got a place there or at a wish they prefer.",
            unused["entitled"],
        ),
        "mechanism": _("Somebody entitled was passed over by this mechanism."),
    }
    return words[unused["code"]] % counts


def no_place_sentence(reasons: Sequence[Data]) -> str:
    """What somebody without a place may hope for: who meets the conditions of no wish does not move up."""
    if eligible_nowhere(reasons):
        return _(
            "There is no place for you: you do not meet the conditions of any of the places you wished for."
        )
    return _(
        "There is no place for you now. You are on the reserve list and move up when somebody gives a place back."
    )
