"""What the page of a list of earlier stays shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.accounts.models import Office
from sapar.audit.queries import timeline
from sapar.directory.models import Organisation
from sapar.mobility.models import StayImport
from sapar.mobility.queries.earlier import faculties_to_choose, hosts_to_choose
from sapar.mobility.states import StayListState
from sapar.web import components as c
from sapar.web.mobility.earlier.words import ACTS, WORDS
from sapar.web.moments import moments
from sapar.web.partners.imports.words import STATE_TONES

SHOWN = 30
OPEN = (StayListState.MAPPED, StayListState.PREVIEWED)


def earlier_url(name: str, office: Office, **more: object) -> str:
    return reverse(f"earlier:{name}", kwargs={"office": office.slug, **more})


def crumbs(office: Office) -> list[c.Crumb]:
    return [
        c.Crumb(_("Stays"), reverse("exchanges:home", args=[office.slug])),
        c.Crumb(_("Stays of earlier years"), earlier_url("home", office)),
    ]


@dataclass(frozen=True)
class Refused:
    row: int
    why: str
    remedy: str


@dataclass(frozen=True)
class ListPage:
    head: c.Head
    notices: Sequence[c.Notice]
    hosts: c.Related | None
    refused: Sequence[Refused]
    refused_rows: int
    moments: Sequence[c.Moment]


def list_page(batch: StayImport) -> ListPage:
    refused_rows = len({problem["row"] for problem in batch.refused})
    return ListPage(
        head=_head(batch, refused_rows),
        notices=list(_notices(batch)),
        hosts=_hosts(batch) if batch.hosts and batch.state != StayListState.DISCARDED else None,
        refused=[Refused(one["row"], WORDS.problem(one), WORDS.remedy(one)) for one in batch.refused[:SHOWN]],
        refused_rows=refused_rows,
        moments=moments(timeline(batch)[:12], ACTS),
    )


def state_of(batch: StayImport) -> c.State:
    return c.State(batch.get_state_display(), STATE_TONES[batch.state])


def _head(batch: StayImport, refused_rows: int) -> c.Head:
    office, pk = batch.office, batch.pk
    others = []
    if batch.state == StayListState.PREVIEWED:
        others.append(c.Action(_("Choose the columns again"), earlier_url("columns", office, pk=pk)))
        others.append(c.Action(_("Choose the names again"), f"{earlier_url('names', office, pk=pk)}?all=yes"))
    if refused_rows:
        others.append(
            c.Action(_("Rejected rows as a file"), earlier_url("rejected", office, pk=pk), icon="download")
        )
    if batch.state in OPEN:
        others.append(
            c.Action(_("Throw the list away"), earlier_url("discard", office, pk=pk), post=True, danger=True,
                     asks=_("Nothing of it is on record yet. The file is kept."))
        )  # fmt: skip
    if batch.state == StayListState.TAKEN:
        others.append(
            c.Action(_("Undo the import"), earlier_url("undo", office, pk=pk), post=True, danger=True,
                     asks=_("The stays of this list are removed, and the people that it added. "
                            "If one of the stays was worked on since, nothing is undone and you are told which."))
        )  # fmt: skip
    return c.Head(
        title=batch.file.name,
        kind=_("Stays of earlier years"),
        state=state_of(batch),
        lead=_lead(batch, refused_rows),
        crumbs=crumbs(office),
        next=_next(batch),
        others=others,
    )


def _lead(batch: StayImport, refused_rows: int) -> str:
    ready, total = batch.rows_ready, batch.rows_total
    parts = [ngettext("%(count)d row.", "%(count)d rows.", total) % {"count": total}]
    if batch.state == StayListState.PREVIEWED:
        parts.append(ngettext("%(count)d can be taken.", "%(count)d can be taken.", ready) % {"count": ready})
    if batch.state == StayListState.TAKEN:
        parts.append(
            ngettext("%(count)d stay is on record.", "%(count)d stays are on record.", ready)
            % {"count": ready}
        )
    if refused_rows and batch.state != StayListState.DISCARDED:
        parts.append(
            ngettext("%(count)d cannot be taken.", "%(count)d cannot be taken.", refused_rows)
            % {"count": refused_rows}
        )
    return " ".join(parts)


def _next(batch: StayImport) -> c.Action | None:
    office, pk = batch.office, batch.pk
    if batch.state == StayListState.TAKEN:
        url = f"{reverse('exchanges:home', args=[office.slug])}?earlier=yes"
        return c.Action(_("Open the stays"), url)
    if batch.state != StayListState.PREVIEWED:
        return None
    if waiting := len(hosts_to_choose(batch)) + len(faculties_to_choose(batch)):
        label = ngettext("Say what %(count)d name stands for", "Say what %(count)d names stand for", waiting)
        return c.Action(label % {"count": waiting}, earlier_url("names", office, pk=pk))
    return take_action(batch)


def take_action(batch: StayImport) -> c.Action | None:
    if not batch.rows_ready:
        return None
    label = ngettext("Put %(count)d stay on record", "Put %(count)d stays on record", batch.rows_ready)
    return c.Action(
        label % {"count": batch.rows_ready},
        earlier_url("take", batch.office, pk=batch.pk),
        post=True,
        asks=_("You can undo this as long as nobody has worked with the stays."),
    )


def _notices(batch: StayImport) -> list[c.Notice]:
    open_names = hosts_to_choose(batch) or faculties_to_choose(batch)
    if batch.state == StayListState.PREVIEWED and open_names and batch.rows_ready:
        return [
            c.Notice(
                _("Rows with names that you leave open are not taken; you can bring them again later. "
                  "What is on record is not added twice."),
                "needs",
                action=take_action(batch),
            )
        ]  # fmt: skip
    return []


def _hosts(batch: StayImport) -> c.Related:
    known = Organisation.objects.in_bulk([pk for pk in batch.hosts.values() if pk])
    rows = []
    for name, pk in batch.hosts.items():
        organisation = known.get(pk or 0)
        state = None if organisation else c.State(_("to be chosen"), "needs")
        rows.append(c.RelatedRow(name, note=organisation.name if organisation else "", state=state))
    return c.Related(_("Universities of the list"), rows, count=len(rows))
