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
            return _("“%(mark)s” can be points or percent on this scale; write percent with the sign %%.") % facts
        case "recognition.between_bands":
            return _("“%(mark)s” lies between two marks of the scale.") % facts
    if hint := refused.facts.get("looks_like"):
        return _("“%(mark)s” has letters of another alphabet; write “%(hint)s” in Latin letters.") % {
            **facts,
            "hint": hint,
        }
    return _("“%(mark)s” is not on the scale. It has: %(labels)s.") % facts
