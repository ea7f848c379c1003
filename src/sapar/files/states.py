"""Who may see a file, and what has become of a paper."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sapar.core.flow import Flow, move


class Visibility(TextChoices):
    OFFICE = "office", _("the office")
    INVOLVED = "involved", _("the office and the people the record is about")
    PUBLIC = "public", _("everybody")


class PaperState(StrEnum):
    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


PAPER_FLOW = Flow(
    replace=move([PaperState.VALID], PaperState.REPLACED),
    revoke=move([PaperState.VALID, PaperState.REPLACED], PaperState.REVOKED),
)
