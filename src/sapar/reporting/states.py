"""States of reports."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sapar.core.flow import Flow, move


class ReportState(TextChoices):
    RUNNING = "running", _("being computed")
    FAILED = "failed", _("could not be computed")
    READY = "ready", _("ready to read")
    RELEASED = "released", _("released")
    REPLACED = "replaced", _("replaced by a later release")
    WITHDRAWN = "withdrawn", _("withdrawn")


REPORT_FLOW = Flow(
    finish=move([ReportState.RUNNING], ReportState.READY),
    fail=move([ReportState.RUNNING], ReportState.FAILED),
    release=move([ReportState.READY], ReportState.RELEASED),
    replace=move([ReportState.RELEASED], ReportState.REPLACED),
    withdraw=move([ReportState.RELEASED], ReportState.WITHDRAWN),
)
