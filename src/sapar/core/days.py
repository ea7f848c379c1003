"""Days on which something happened."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from sapar.core.errors import BadInput

# Where a student has gone it may be tomorrow already.
AHEAD = timedelta(days=1)


def local_day(at: datetime) -> date:
    """The day that it is here at that moment."""
    return timezone.localtime(at).date()


def refuse_future(field: str, day: date | None, *, at: datetime) -> None:
    """What has not happened yet is not noted as done.

    Raises:
        BadInput
    """
    if day is not None and day > local_day(at) + AHEAD:
        reason = _("%(day)s has not come yet. Note it on the day or later.") % {"day": f"{day:%d.%m.%Y}"}
        raise BadInput(field=field, reason=reason)


def in_wrong_order(field: str, first: date, last: date) -> BadInput:
    facts = {"first": f"{first:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"}
    return BadInput(field=field, reason=_("%(last)s is before %(first)s.") % facts)
