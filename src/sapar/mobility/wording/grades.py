"""Why a mark cannot be read on a scale."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sapar.methods.errors import MethodError
from sapar.methods.recognition import GradeScale


def mark_refusal(mark: str, refused: MethodError, scale: GradeScale) -> str:
    """A sentence that says what would be taken."""
    facts = {"mark": mark, "labels": ", ".join(band.label for band in scale.bands)}
    match refused.code:
        case "recognition.ambiguous_mark":
            return (
                _("“%(mark)s” can be points or percent on this scale; write percent with the sign %%.")
                % facts
            )
        case "recognition.between_bands":
            return _("“%(mark)s” lies between two marks of the scale.") % facts
    if hint := refused.facts.get("looks_like"):
        return _("“%(mark)s” has letters of another alphabet; write “%(hint)s” in Latin letters.") % {
            **facts,
            "hint": hint,
        }
    return _("“%(mark)s” is not on the scale. It has: %(labels)s.") % facts


def scale_fault(refused: MethodError) -> str:
    """What is wrong with a scale or with counts of marks."""
    words = {
        "no bands": _("it has no marks."),
        "labels empty or repeated": _("a mark is empty or stands twice."),
        "no passing band": _("no mark is a pass."),
        "a passing band below a failing one": _("a pass stands below a fail; begin with the best mark."),
        "half a percent interval": _("percent need both ends."),
        "a value that is not finite": _("a value is not a number."),
        "points rise where grades fall": _("points must fall from the best mark to the worst."),
        "an interval ends before it starts": _("a percent interval ends before it starts."),
        "intervals overlap or rise": _("percent intervals overlap or are out of order."),
        "needs 0 < low <= high": _("the factor must be above 0."),
        "ends before it starts": _("it ends before it starts."),
        "no public source": _("it needs a public address that begins with https://."),
        "nobody passed": _("nobody passed."),
        "counts are whole numbers, not percentages, and not negative": _("counts are whole numbers."),
    }
    fault = str(refused.facts.get("fault", ""))
    if refused.code == "recognition.unknown_mark":
        return _("“%(mark)s” is not a mark of the scale.") % {"mark": refused.facts["mark"]}
    return words.get(fault, str(refused))
