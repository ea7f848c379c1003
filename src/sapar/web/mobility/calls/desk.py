"""What calls bring to the desk and to the search box; joined when the addresses of this room are read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.accounts.models import Office, User
from sapar.accounts.policies import may_work_in
from sapar.accounts.queries import has_role
from sapar.accounts.states import Role
from sapar.core.days import local_day
from sapar.directory.queries import search_filter
from sapar.mobility.models import Call
from sapar.mobility.queries.calls import applications_visible_to, calls_of
from sapar.mobility.queries.messages import unread_by_office
from sapar.mobility.queries.placing import open_appeals, unconfirmed
from sapar.mobility.states import ApplicationState, CallState
from sapar.web.components import Action, RelatedRow
from sapar.web.home.desk import DESK_SOURCES, DeskItem
from sapar.web.home.finding import HITS, SEARCH_SOURCES, Found
from sapar.web.mobility.calls.pages.addresses import to
from sapar.web.mobility.calls.words import state_of_application, state_of_call

SOON = timedelta(days=3)


def calls_on_the_desk(user: User, office: Office, today: date) -> Iterable[DeskItem]:
    if has_role(user, office.pk, Role.REVIEWER):
        yield from _reviews(user, office)
    if not may_work_in(user, office):
        return
    yield from _calls(office, today)
    yield from _appeals(office)
    yield from _messages(office)
    yield from _unconfirmed(office, today)


def _calls(office: Office, today: date) -> Iterable[DeskItem]:
    midnight = timezone.make_aware(datetime.combine(today, time(0, 0)))
    waiting = Count(
        "applications", filter=Q(applications__state=ApplicationState.SUBMITTED, applications__asked_at=None)
    )
    calls = calls_of(office).filter(state__in=[CallState.OPEN, CallState.CLOSED, CallState.PLACED])
    for call in calls.annotate(unchecked=waiting).only("title", "state", "closes_at"):
        facts = {"call": call.title, "count": call.unchecked}
        if call.unchecked:
            sentence = ngettext(
                "%(count)s application to “%(call)s” is to be checked.",
                "%(count)s applications to “%(call)s” are to be checked.",
                call.unchecked,
            )
            url = to("applications", office, call=call.pk, state=ApplicationState.SUBMITTED.value)
            yield DeskItem(sentence % facts, Action(_("Check them"), url))
        if call.state == CallState.OPEN and call.closes_at < midnight:
            yield DeskItem(
                _("“%(call)s” takes no applications any more. Close it and begin assessing.") % facts,
                Action(_("Open the call"), to("call", office, call.pk)),
                due_on=local_day(call.closes_at),
            )
        elif call.state == CallState.CLOSED and not call.unchecked:
            yield DeskItem(
                _("The places of “%(call)s” are to be given.") % facts,
                Action(_("Give the places"), to("placing", office, call.pk)),
            )


def _appeals(office: Office) -> Iterable[DeskItem]:
    reads = ("made_at", "application__person__display_name", "application__call__title")
    for appeal in open_appeals(office).only(*reads, "application__call__appeal_days")[:20]:
        application = appeal.application
        yield DeskItem(
            _("%(name)s appeals against the decision on “%(call)s”.")
            % {"name": application.person.display_name, "call": application.call.title},
            Action(_("Answer the appeal"), to("application", office, application.pk)),
            due_on=local_day(appeal.made_at) + timedelta(days=application.call.appeal_days),
        )


def _messages(office: Office) -> Iterable[DeskItem]:
    unread = unread_by_office().filter(office=office)
    counts = unread.aggregate(people=Count("application", distinct=True))
    if people := counts["people"]:
        sentence = ngettext(
            "%(count)s applicant wrote to the office.", "%(count)s applicants wrote to the office.", people
        )
        url = to("applications", office, unread="yes")
        yield DeskItem(sentence % {"count": people}, Action(_("Read the messages"), url))


def _unconfirmed(office: Office, today: date) -> Iterable[DeskItem]:
    soon = timezone.make_aware(datetime.combine(today, time(23, 59))) + SOON
    waiting = unconfirmed(office, before=soon).order_by().values("call", "call__title")
    for row in waiting.annotate(n=Count("pk"), first=Min("answer_by")):
        sentence = ngettext(
            "%(count)s place of “%(call)s” is not confirmed yet.",
            "%(count)s places of “%(call)s” are not confirmed yet.",
            row["n"],
        )
        url = to("applications", office, call=row["call"], state=ApplicationState.PLACED.value)
        yield DeskItem(
            sentence % {"count": row["n"], "call": row["call__title"]},
            Action(_("See who"), url),
            due_on=local_day(row["first"]),
            kind="waiting",
        )


def _reviews(user: User, office: Office) -> Iterable[DeskItem]:
    waiting = (
        applications_visible_to(user, office)
        .filter(
            state__in=[ApplicationState.SUBMITTED, ApplicationState.COMPLETE],
            call__state__in=[CallState.OPEN, CallState.CLOSED],
        )
        .exclude(reviews__reviewer=user)
    )
    first = waiting.order_by("submitted_at", "pk").first()
    if first is not None and any(line["source"] == "review" for line in first.call.scoring):
        count = waiting.count()
        sentence = ngettext(
            "%(count)s application waits for your points.",
            "%(count)s applications wait for your points.",
            count,
        )
        yield DeskItem(sentence % {"count": count}, Action(_("Give points"), to("review", office, first.pk)))


def applications_found(user: User, office: Office, text: str) -> Iterable[Found]:
    """Applications by name or number, and calls by title."""
    hits = applications_visible_to(user, office).filter(
        Q(number__icontains=text) | search_filter(text, "person__search")
    )
    reads = ("state", "asked_at", "person__display_name", "call__title")
    hits = hits.select_related(None).select_related("person", "call").only(*reads)
    rows = [
        RelatedRow(
            one.person.display_name,
            to("application", office, one.pk),
            one.call.title,
            state_of_application(one),
        )
        for one in hits.order_by("-changed_at")[:HITS]
    ]
    if rows:
        yield Found(_("Applications"), rows, to("applications", office, q=text))
    known = Call.objects.filter(office=office, title__icontains=text).only("title", "state")
    calls = known.order_by("-opens_at")[:HITS]
    found = [RelatedRow(call.title, to("call", office, call.pk), state=state_of_call(call)) for call in calls]
    if found:
        yield Found(_("Calls"), found, to("home", office, q=text))


DESK_SOURCES.append(calls_on_the_desk)
SEARCH_SOURCES.append(applications_found)
