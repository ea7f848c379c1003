"""What the record of a call shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from sapar.accounts.models import Office, User
from sapar.audit.queries import timeline
from sapar.directory.fields import field_label
from sapar.directory.queries import unit_names
from sapar.formats.numbers import year_words
from sapar.mobility.models import Call, CallPlace
from sapar.mobility.policies import may_change_call
from sapar.mobility.states import ApplicationState, CallState
from sapar.mobility.wording.applications import language_name
from sapar.mobility.wording.mechanisms import mechanism_name
from sapar.mobility.wording.rules import sentences, shown
from sapar.web import components as c
from sapar.web.mobility.calls.pages.addresses import to
from sapar.web.mobility.calls.words import CALL_ACTS, state_of_call
from sapar.web.moments import moments
from sapar.web.numbers import span

_A = ApplicationState


@dataclass(frozen=True)
class PlaceLine:
    """One host of a call."""

    host: str
    seats: int
    conditions: Sequence[str]
    reserves: Sequence[str]
    wished: int
    first: int
    url: str
    wishes_url: str
    note: str


@dataclass(frozen=True)
class CallPage:
    head: c.Head
    facts: Sequence[c.FactGroup]
    rules: Sequence[str]
    scoring: Sequence[str]
    documents: Sequence[str]
    places: Sequence[PlaceLine]
    add_places: c.Action | None
    notices: Sequence[c.Notice]
    moments: Sequence[c.Moment]
    text: str


def call_page(call: Call, user: User, *, public_url: str, now: datetime) -> CallPage:
    counts = dict(call.applications.values_list("state").annotate(n=Count("pk")).values_list("state", "n"))
    may = may_change_call(user, call)
    faculties = faculties_of(call.office)
    places = place_lines(call, faculties, may_change=may)
    changeable = may and call.state in (CallState.DRAFT, CallState.OPEN, CallState.CLOSED)
    return CallPage(
        head=_head(call, may, counts, bool(places), public_url, now),
        facts=_facts(call, counts),
        rules=sentences(call.rules, faculties),
        scoring=[scoring_sentence(line) for line in call.scoring],
        documents=[
            _("%(title)s (must be there)") % {"title": one["title"]} if one.get("required") else one["title"]
            for one in call.documents
        ],
        places=places,
        add_places=c.Action(_("Take places"), to("places", call.office, call.pk), icon="plus")
        if changeable
        else None,
        notices=_notices(call, counts, now),
        moments=moments(timeline(call)[:30], CALL_ACTS),
        text=call.text,
    )


def place_lines(call: Call, faculties: Mapping[str, str], *, may_change: bool = False) -> list[PlaceLine]:
    places = call.places.select_related("host", "condition").annotate(
        wished=Count("wishes", filter=~Q(wishes__application__state__in=[_A.DRAFT, _A.WITHDRAWN])),
        first=Count(
            "wishes",
            filter=Q(wishes__rank=1) & ~Q(wishes__application__state__in=[_A.DRAFT, _A.WITHDRAWN]),
        ),
    )
    return [
        PlaceLine(
            place.host.name,
            place.seats,
            conditions_of(place, faculties),
            [reserve_sentence(one, faculties) for one in place.reserves],
            place.wished,
            place.first,
            to("place", call.office, call.pk, place.pk) if may_change else "",
            to("applications", call.office, call=call.pk, wish=place.host_id),
            place.note,
        )
        for place in places.order_by("host__sort_key", "pk")
    ]


def faculties_of(office: Office) -> Mapping[str, str]:
    """The names of faculties in the reader's language."""
    return unit_names(office, (get_language() or "").split("-")[0])


def conditions_of(place: CallPlace, faculties: Mapping[str, str]) -> list[str]:
    """What one must meet for this host, beyond the call's own conditions."""
    found = []
    if place.level:
        found.append(_("Level of study: %(values)s") % {"values": place.get_level_display()})
    if place.isced_f:
        found.append(_("Field of study (ISCED-F): %(values)s") % {"values": field_label(place.isced_f)})
    if place.language_level:
        language = f"{language_name(place.language)} {place.language_level}"
        found.append(_("Language: %(values)s or better") % {"values": language})
    return found + sentences(place.rules, faculties)


def reserve_sentence(reserve: dict[str, object], faculties: Mapping[str, str]) -> str:
    rules = reserve.get("rules")
    whom = ", ".join(sentences(rules, faculties)) if isinstance(rules, list) else ""
    places = int(str(reserve["places"]))
    facts = {"places": places, "name": reserve["code"], "whom": whom}
    if reserve.get("spill") == []:
        return (
            ngettext(
                "%(places)s place only for “%(name)s” (%(whom)s)",
                "%(places)s places only for “%(name)s” (%(whom)s)",
                places,
            )
            % facts
        )
    return (
        ngettext(
            "%(places)s place first for “%(name)s” (%(whom)s)",
            "%(places)s places first for “%(name)s” (%(whom)s)",
            places,
        )
        % facts
    )


def scoring_sentence(line: dict[str, str]) -> str:
    facts = {
        "label": line.get("label", line["code"]),
        "points": shown_number(line["weight"]),
        "least": shown_number(line.get("least", "0")),
        "most": shown_number(line.get("most") or "0"),
    }
    if line.get("most") is None:
        return _("%(label)s: %(points)s points for each") % facts
    return _("%(label)s: up to %(points)s points, on a scale from %(least)s to %(most)s") % facts


def shown_number(text: object) -> str:
    return shown(Decimal(str(text)))


def _facts(call: Call, counts: dict[str, int]) -> list[c.FactGroup]:
    year = year_words(call.academic_year)
    states = [
        c.Fact(
            ApplicationState(state).label,
            c.Figure(counts[state], to("applications", call.office, call=call.pk, state=state)),
        )
        for state in ApplicationState.values
        if counts.get(state)
    ]
    return [
        c.FactGroup(
            _("The call"),
            [
                c.Fact(_("Academic year"), year, call.get_term_display()),
                c.Fact(_("Stay"), span(call.stay_from, call.stay_to)),
                c.Fact(_("Open from"), call.opens_at),
                c.Fact(_("Open until"), call.closes_at),
                c.Fact(_("Wishes at most"), call.most_wishes),
                c.Fact(_("Mechanism"), mechanism_name(call.mechanism)),
                c.Fact(_("Time to confirm a place"), c.Figure(call.confirm_days, unit=_("days"))),
                c.Fact(_("Time to appeal"), c.Figure(call.appeal_days, unit=_("days"))),
            ],
        ),
        c.FactGroup(_("Applications"), states or [c.Fact(_("Applications"), 0)]),
    ]


def _head(
    call: Call, may: bool, counts: dict[str, int], has_places: bool, public_url: str, now: datetime
) -> c.Head:
    office = call.office
    following, others = _actions(call, counts, has_places, now) if may else (None, [])
    if call.state != CallState.DRAFT:
        others = [*others, c.Action(_("Page for applicants"), public_url, icon="external-link")]
        others.append(c.Action(_("Applications"), to("applications", office, call=call.pk), icon="list"))
    return c.Head(
        call.title,
        kind=call.programme or _("Call"),
        number=year_words(call.academic_year),
        state=state_of_call(call),
        waiting=_waiting(call, counts),
        crumbs=[c.Crumb(_("Calls"), to("home", office))],
        next=following,
        others=others,
    )


def _waiting(call: Call, counts: dict[str, int]) -> str:
    if call.state == CallState.PLACED and counts.get(_A.PLACED):
        count = counts[_A.PLACED]
        return ngettext(
            "Waiting for %(count)s applicant to confirm", "Waiting for %(count)s applicants to confirm", count
        ) % {"count": count}
    if call.state == CallState.OPEN:
        return _("Waiting for applications")
    return ""


def _actions(
    call: Call, counts: dict[str, int], has_places: bool, now: datetime
) -> tuple[c.Action | None, list[c.Action]]:
    """The one next step, and the other ones."""
    office = call.office
    change = c.Action(_("Change the call"), to("change", office, call.pk), icon="pencil")
    places = c.Action(_("Take places"), to("places", office, call.pk))
    giving = c.Action(_("Give the places"), to("placing", office, call.pk))
    close = c.Action(
        _("Close the call"),
        to("close", office, call.pk),
        post=True,
        asks=_("Nobody can apply any more. Drafts that were not submitted take no part."),
    )
    match call.state:
        case CallState.DRAFT:
            opening = c.Action(
                _("Open the call"),
                to("open", office, call.pk),
                post=True,
                asks=_("The page for applicants becomes public. Afterwards only the last day can be moved."),
            )
            return (opening, [places, change]) if has_places else (places, [change])
        case CallState.OPEN:
            if call.closes_at <= now:
                return close, [change]
            if counts.get(_A.SUBMITTED):
                return _check(call, counts), [change, close]
            return None, [change, close]
        case CallState.CLOSED:
            reopen = c.Action(_("Take applications again"), to("reopen", office, call.pk), icon="undo-2")
            if counts.get(_A.SUBMITTED):
                return _check(call, counts), [giving, reopen]
            return giving, [reopen]
        case CallState.PLACED:
            finish = c.Action(
                _("Finish the call"),
                to("finish", office, call.pk),
                post=True,
                asks=_("Nobody moves up any more; the reserve lists end."),
            )
            return c.Action(_("Places and refill"), to("placing", office, call.pk)), [finish]
    return c.Action(_("Places"), to("placing", office, call.pk)), []


def _check(call: Call, counts: dict[str, int]) -> c.Action:
    count = counts[_A.SUBMITTED]
    return c.Action(
        ngettext("Check %(count)s application", "Check %(count)s applications", count) % {"count": count},
        to("applications", call.office, call=call.pk, state=_A.SUBMITTED.value),
    )


def _notices(call: Call, counts: dict[str, int], now: datetime) -> list[c.Notice]:
    if call.state == CallState.OPEN and call.closes_at <= now:
        return [
            c.Notice(
                _("The last day is over; nobody can submit any more. Close the call to begin assessing."),
                "needs",
            )
        ]
    if call.state == CallState.CLOSED and counts.get(_A.DRAFT):
        count = counts[_A.DRAFT]
        return [
            c.Notice(
                ngettext(
                    "%(count)s application was begun but not submitted; it takes no part.",
                    "%(count)s applications were begun but not submitted; they take no part.",
                    count,
                )
                % {"count": count}
            )
        ]
    return []
