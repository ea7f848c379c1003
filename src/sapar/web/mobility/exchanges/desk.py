"""What stands on the desk about stays, and what the search box finds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from sapar.accounts.models import Office, User
from sapar.accounts.policies import may_work_in
from sapar.accounts.queries import has_role, scopes_of
from sapar.accounts.states import Role, ScopeKind
from sapar.core.days import local_day
from sapar.mobility.models import Exchange
from sapar.mobility.queries.exchanges import (
    agreements_to_sign,
    agreements_without,
    cases_to_decide,
    exchanges_visible_to,
    overdue_transcripts,
    proposed_agreements,
    refused_agreements,
    to_nominate,
    unsent_proposals,
    waiting_for_answer,
    without_our_signature,
)
from sapar.mobility.queries.messages import unread_by_office
from sapar.mobility.queries.tasks import tasks_due
from sapar.mobility.states import Party, Whose
from sapar.web.components import Action, RelatedRow
from sapar.web.home.desk import DESK_SOURCES, DeskItem
from sapar.web.home.finding import HITS, SEARCH_SOURCES, Found
from sapar.web.mobility.exchanges.lists import stays_named
from sapar.web.mobility.exchanges.words import page_url, stay_state, task_words

MOST = 10
# What a line says, of a stay and of a version of its learning agreement; the other columns stay unread.
STAY_READS = ("person__display_name", "partner__name")
VERSION_READS = ("number", "exchange__person__display_name", "exchange__partner__name")
TRANSCRIPT_DAYS = 35
SOON = timedelta(days=14)


def stays_on_the_desk(user: User, office: Office, today: date) -> Iterable[DeskItem]:
    """Each kind is cut at ten; a sentence says how many more there are."""
    if may_work_in(user, office):
        yield from _nominations(office)
        yield from _late_agreements(office)
        yield from _late_transcripts(office, today)
        yield from _messages(office)
        yield from _needs(office, today)
    yield from _proposals(user, office)
    yield from _signatures(user, office)
    yield from _cases(user, office)


def _messages(office: Office) -> Iterable[DeskItem]:
    counts = unread_by_office().filter(office=office).aggregate(people=Count("exchange", distinct=True))
    if people := counts["people"]:
        words = ngettext(
            "%(count)s person on a stay wrote to the office.",
            "%(count)s people on stays wrote to the office.",
            people,
        )
        url = f"{page_url('home', office)}?unread=yes"
        yield DeskItem(words % {"count": people}, Action(_("Read the messages"), url))


def _needs(office: Office, today: date) -> Iterable[DeskItem]:
    """What is due for stays within two weeks, and visas or insurances that end before the stay does."""
    due = list(tasks_due(office, until=today + SOON)[: MOST + 1])
    for task in due[:MOST]:
        stay = task.exchange
        open_ = task.done_on is None
        name = "finish_task" if open_ else "exchange"
        more = {"task": task.pk} if open_ else {}
        yield DeskItem(
            f"{task_words(task)}: {stay.person.display_name}",
            Action(_("Mark as done") if open_ else _("Open"), page_url(name, office, stay.pk, **more)),
            due_on=task.due_on if open_ else task.valid_until,
            kind="waiting" if task.whose == Whose.STUDENT else "needs_me",
            note=stay.partner.name,
        )
    yield from _more(len(due), page_url("home", office), "waiting")


def _nominations(office: Office) -> Iterable[DeskItem]:
    if count := to_nominate(office).count():
        words = ngettext(
            "%(count)s person confirmed a place and is not nominated yet.",
            "%(count)s people confirmed a place and are not nominated yet.",
            count,
        )
        yield DeskItem(words % {"count": count}, Action(_("Nominate"), page_url("nominate", office)))
    waiting = waiting_for_answer(office)
    for one in waiting[:MOST]:
        words = ngettext(
            "%(partner)s has not answered %(count)s nomination.",
            "%(partner)s has not answered %(count)s nominations.",
            one.people,
        )
        partner = one.agreement.partnership.organisation.name
        yield DeskItem(
            words % {"partner": partner, "count": one.people},
            Action(_("Send the link"), page_url("send_nominations", office, one.agreement.pk)),
            since_on=local_day(one.since),
            kind="waiting",
        )
    yield from _more(len(waiting), page_url("nominations", office), "waiting")


def _late_agreements(office: Office) -> Iterable[DeskItem]:
    """Learning agreements for which partners and students are waited for."""
    for party, purpose, words in (
        (Party.RECEIVING, "sign", _("%(partner)s has not signed the learning agreement of %(person)s.")),
        (Party.STUDENT, "stay", _("%(person)s has not signed the learning agreement with %(partner)s.")),
    ):
        found = agreements_without(office, party).prefetch_related(None).only("sent_at", *VERSION_READS)
        unsigned = list(found[: MOST + 1])
        yield from (
            _waited_for(office, version.exchange, words, purpose, version.sent_at)
            for version in unsigned[:MOST]
        )
        yield from _more(len(unsigned), f"{page_url('home', office)}?unsigned=yes", "waiting")
    invited = list(unsent_proposals(office).only("answered_at", *STAY_READS)[: MOST + 1])
    words = _("%(person)s has not proposed the learning agreement with %(partner)s.")
    yield from (_waited_for(office, one, words, "stay", one.answered_at) for one in invited[:MOST])
    yield from _more(len(invited), f"{page_url('home', office)}?unsigned=yes", "waiting")


def _waited_for(
    office: Office, exchange: Exchange, words: str, purpose: str, since: datetime | None
) -> DeskItem:
    url = page_url("link", office, exchange.pk, purpose=purpose)
    names = {"person": exchange.person.display_name, "partner": exchange.partner.name}
    return DeskItem(
        words % names,
        Action(_("Send the link"), url),
        since_on=local_day(since) if since else None,
        kind="waiting",
    )


def _late_transcripts(office: Office, today: date) -> Iterable[DeskItem]:
    overdue = overdue_transcripts(office, today=today).only("left_on", *STAY_READS)
    late = list(overdue.order_by("left_on", "pk")[: MOST + 1])
    for exchange in late[:MOST]:
        assert exchange.left_on is not None
        yield DeskItem(
            _("The transcript of %(person)s from %(partner)s is late.")
            % {"person": exchange.person.display_name, "partner": exchange.partner.name},
            Action(_("Ask for it"), page_url("link", office, exchange.pk, purpose="transcript")),
            due_on=exchange.left_on + timedelta(days=TRANSCRIPT_DAYS),
            kind="waiting",
        )
    yield from _more(len(late), f"{page_url('home', office)}?state=returned&direction=out", "waiting")


def _own(user: User, office: Office) -> dict[str, object] | None:
    """Whose stays the person answers for: all of the office, or those of own faculties; None for nobody's."""
    if may_work_in(user, office) or has_role(user, office.pk, Role.COORDINATOR):
        return {}
    units = scopes_of(user, office.pk, ScopeKind.UNIT, Role.COORDINATOR)
    return {"exchange__unit_id__in": units} if units else None


def _proposals(user: User, office: Office) -> Iterable[DeskItem]:
    """What students propose to study waits for the coordinator of their faculty."""
    own = _own(user, office)
    if own is None:
        return
    proposed = proposed_agreements(office).filter(**own).only("proposed_at", *VERSION_READS)
    found = list(proposed[: MOST + 1])
    for version in found[:MOST]:
        exchange = version.exchange
        yield DeskItem(
            _("%(person)s proposes what to study at %(partner)s.")
            % {"person": exchange.person.display_name, "partner": exchange.partner.name},
            Action(
                pgettext("to do", "Check"), page_url("version", office, exchange.pk, number=version.number)
            ),
            since_on=local_day(version.proposed_at) if version.proposed_at else None,
        )
    yield from _more(len(found), f"{page_url('home', office)}?state=accepted", "needs_me")
    refused = refused_agreements(office).filter(**own).only("remark_by", "sent_at", *VERSION_READS)
    for version in refused[:MOST]:
        exchange = version.exchange
        yield DeskItem(
            _("%(by)s did not sign the learning agreement of %(person)s.")
            % {"by": version.remark_by, "person": exchange.person.display_name},
            Action(_("Correct"), page_url("learning", office, exchange.pk)),
            since_on=local_day(version.sent_at) if version.sent_at else None,
        )


def _signatures(user: User, office: Office) -> Iterable[DeskItem]:
    own = _own(user, office)
    if own is None:
        return
    unsigned = agreements_to_sign(office).filter(without_our_signature(), **own).prefetch_related(None)
    ours = list(unsigned.only("sent_at", *VERSION_READS)[: MOST + 1])
    for version in ours[:MOST]:
        exchange = version.exchange
        yield DeskItem(
            _("The learning agreement of %(person)s with %(partner)s waits for our signature.")
            % {"person": exchange.person.display_name, "partner": exchange.partner.name},
            Action(_("Read and sign"), page_url("sign_version", office, exchange.pk, number=version.number)),
            since_on=local_day(version.sent_at) if version.sent_at else None,
        )
    yield from _more(len(ours), f"{page_url('home', office)}?unsigned=yes", "needs_me")


def _cases(user: User, office: Office) -> Iterable[DeskItem]:
    """The dean sees the own faculty only."""
    own = _own(user, office)
    if own is None:
        return
    cases = cases_to_decide(office).filter(**own)
    reads = ("opened_at", "exchange__person__display_name", "exchange__partner__name")
    open_ = list(cases.only(*reads)[: MOST + 1])
    for case in open_[:MOST]:
        exchange = case.exchange
        yield DeskItem(
            _("The credits of %(person)s from %(partner)s are to be recognised.")
            % {"person": exchange.person.display_name, "partner": exchange.partner.name},
            Action(_("Decide"), page_url("recognition", office, exchange.pk)),
            since_on=local_day(case.opened_at),
        )
    yield from _more(len(open_), f"{page_url('home', office)}?state=transcript", "needs_me")
    waiting: QuerySet[Exchange] = exchanges_visible_to(user, office).filter(
        direction="out", state="transcript", recognition=None
    )
    waiting = waiting.order_by("left_on", "pk").only("person__display_name", "partner__name", "unit__name")
    for exchange in waiting[:MOST]:
        yield DeskItem(
            _("The transcript of %(person)s from %(partner)s has come.")
            % {"person": exchange.person.display_name, "partner": exchange.partner.name},
            Action(_("Begin recognition"), page_url("recognition", office, exchange.pk)),
        )


def _more(found: int, url: str, kind: str) -> Iterable[DeskItem]:
    if found > MOST:
        action = Action(_("Open the list"), url)
        if kind == "waiting":
            yield DeskItem(_("More of the same are in the list."), action, kind="waiting")
        else:
            yield DeskItem(_("More of the same are in the list."), action)


def stays_found(user: User, office: Office, text: str) -> Iterable[Found]:
    """Stays by the person's name in any script, the partner's, or the number."""
    found = stays_named(exchanges_visible_to(user, office), text).only(
        "number", "state", "direction", "unit__name", *STAY_READS
    )
    rows = [
        RelatedRow(
            exchange.person.display_name,
            page_url("exchange", office, exchange.pk),
            f"{exchange.partner.name}, {exchange.number}",
            stay_state(exchange),
        )
        for exchange in found.order_by("-planned_from", "-pk")[:HITS]
    ]
    if rows:
        yield Found(_("Stays"), rows, f"{page_url('home', office)}?q={text}")


DESK_SOURCES.append(stays_on_the_desk)
SEARCH_SOURCES.append(stays_found)
