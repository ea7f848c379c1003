"""What lists of earlier stays put on the desk: one's own that are not taken yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from sapar.accounts.models import Office, User
from sapar.mobility.policies import may_nominate
from sapar.mobility.queries.earlier import stay_lists_of
from sapar.web.components import Action
from sapar.web.home.desk import DESK_SOURCES, DeskItem
from sapar.web.mobility.earlier.pages import OPEN, earlier_url

MOST = 3


def lists_on_the_desk(user: User, office: Office, today: date) -> Iterable[DeskItem]:
    if not may_nominate(user, office):
        return
    waiting = (
        stay_lists_of(office).filter(made_by=user, state__in=OPEN).defer("refused", "hosts", "candidates")
    )
    for batch in waiting.order_by("-made_at")[:MOST]:
        yield DeskItem(
            _("The list of stays “%(name)s” is not on record yet.") % {"name": batch.file.name},
            Action(_("Go on"), earlier_url("list", office, pk=batch.pk)),
        )


if lists_on_the_desk not in DESK_SOURCES:
    DESK_SOURCES.append(lists_on_the_desk)
