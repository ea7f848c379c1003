"""What stands on the desk about people: whom to erase, and whose time of keeping is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.accounts.models import Office, User
from sapar.accounts.policies import may_administer, may_work_in
from sapar.core.days import local_day
from sapar.directory.queries import people_visible_to
from sapar.mobility.models import Erasure
from sapar.mobility.queries.keeping import past_keeping
from sapar.mobility.states import ErasureState
from sapar.web.components import Action
from sapar.web.directory.lists import shown_name
from sapar.web.directory.words import page_url
from sapar.web.home.desk import DESK_SOURCES, DeskItem


def erasures_on_the_desk(user: User, office: Office, today: date) -> Iterable[DeskItem]:
    """For those who may confirm, and nobody else, several as one line; who asked sees it on the person's page."""
    if not may_administer(user, office):
        return
    waiting = Erasure.objects.filter(office=office, state=ErasureState.ASKED).exclude(asked_by=user)
    asked = waiting.select_related("office", "person", "asked_by").order_by("asked_at", "pk")[:2]
    if len(asked) > 1:
        count = waiting.count()
        said = ngettext("%(count)s person waits to be erased.", "%(count)s people wait to be erased.", count)
        yield DeskItem(
            said % {"count": count},
            Action(_("Look and decide"), page_url("erasures", office)),
            since_on=local_day(asked[0].asked_at),
        )
    elif asked:
        [one] = asked
        yield DeskItem(
            _("%(name)s asks to erase %(person)s.")
            % {"name": one.asked_by.name, "person": shown_name(one.person)},
            Action(_("Look and decide"), page_url("erase", office, one.person_id)),
            since_on=local_day(one.asked_at),
            note=str(one.get_ground_display()),
        )


def past_keeping_on_the_desk(user: User, office: Office, today: date) -> Iterable[DeskItem]:
    """One line for all of them, where the office has set a time of keeping."""
    if office.keep_years is None or not may_work_in(user, office):
        return
    count = past_keeping(people_visible_to(user, office), office, today=today).count()
    if count:
        said = ngettext(
            "The time of keeping is over for %(count)s person.",
            "The time of keeping is over for %(count)s people.",
            count,
        )
        yield DeskItem(said % {"count": count}, Action(_("Look"), page_url("past_keeping", office)))


DESK_SOURCES.append(erasures_on_the_desk)
DESK_SOURCES.append(past_keeping_on_the_desk)
