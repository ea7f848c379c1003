"""Which agreements come to their end."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from sapar.accounts.models import Office
from sapar.partners.models import Agreement
from sapar.partners.states import AgreementState

LONGEST_NOTICE = 36


def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative); the last day of the month when that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def past_their_end(on: date) -> list[Agreement]:
    """Agreements of all offices still in force after their last day."""
    return list(Agreement.objects.filter(state=AgreementState.IN_FORCE, ends_on__lt=on).order_by("pk"))


def to_be_warned_of(on: date) -> list[Agreement]:
    """Agreements of all offices whose notice period has begun and of whose end nobody was told."""
    rows = Agreement.objects.filter(renewal_alerted_at=None)
    return [row for row in _ending(rows, on).order_by("pk") if in_notice(row, on)]


def ending_soon(
    office: Office, on: date, *, whose: Q | None = None, most: int | None = None
) -> list[Agreement]:
    """Agreements of the office in their notice period, without a successor on the way; the first end first.

    Of each are read: title, end, whether it renews itself, and the partner's name.
    """
    continued = (
        Agreement.objects.filter(office=office, replaces__isnull=False)
        .exclude(state=AgreementState.TERMINATED)
        .values("replaces_id")
    )
    rows = _ending(Agreement.objects.filter(whose or Q(), office=office), on).exclude(pk__in=continued)
    dated = rows.order_by("ends_on", "pk").values_list("pk", "ends_on", "notice_months")
    found = [
        pk for pk, ends_on, notice in dated if ends_on is not None and add_months(ends_on, -notice) <= on
    ]
    chosen = Agreement.objects.filter(office=office, pk__in=found[:most])
    reads = ("title", "renews_automatically", "ends_on", "partnership__organisation__name")
    return list(chosen.select_related("partnership__organisation").only(*reads).order_by("ends_on", "pk"))


def in_notice(agreement: Agreement, on: date) -> bool:
    return agreement.ends_on is not None and add_months(agreement.ends_on, -agreement.notice_months) <= on


def _ending(rows: QuerySet[Agreement], on: date) -> QuerySet[Agreement]:
    return rows.filter(
        state=AgreementState.IN_FORCE, ends_on__gte=on, ends_on__lte=add_months(on, LONGEST_NOTICE)
    )
