"""Visits that begin soon, on the desk of the office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from sapar.accounts.models import Office, User
from sapar.accounts.policies import may_work_in
from sapar.mobility.queries.visits import visits_soon
from sapar.web.components import Action
from sapar.web.home.desk import DESK_SOURCES, DeskItem
from sapar.web.mobility.visits.words import page_url


def visits_on_the_desk(user: User, office: Office, today: date) -> Iterable[DeskItem]:
    if not may_work_in(user, office):
        return
    reads = ("title", "direction", "starts_on", "partner__name")
    for visit in visits_soon(office, today=today).only(*reads)[:10]:
        yield DeskItem(
            _("A group from %(partner)s comes: %(title)s.")
            % {"partner": visit.partner.name, "title": visit.title}
            if visit.direction == "in"
            else _("A group goes to %(partner)s: %(title)s.")
            % {"partner": visit.partner.name, "title": visit.title},
            Action(_("Open the visit"), page_url("visit", office, visit.pk)),
            due_on=visit.starts_on,
        )


DESK_SOURCES.append(visits_on_the_desk)
