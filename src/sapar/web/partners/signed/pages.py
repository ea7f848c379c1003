"""What the page of a list of signed agreements shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.accounts.models import Office
from sapar.audit.queries import timeline
from sapar.directory.models import Organisation
from sapar.formats.numbers import year_words
from sapar.partners.models import Agreement, AgreementImport
from sapar.partners.queries.signed import words_to_choose
from sapar.partners.signed.wording import WORDS
from sapar.partners.states import AgreementKind, AgreementListState, AgreementState
from sapar.web import components as c
from sapar.web.directory.reasons import told
from sapar.web.moments import moments
from sapar.web.partners.signed.words import ACTS, STATE_TONES, assumed_words
from sapar.web.partners.words import AGREEMENT_TONES, page_url

SHOWN, REFUSED_SHOWN = 15, 30
_L = AgreementListState
BEFORE_TAKING = (_L.MAPPED, _L.READING, _L.PREVIEWED)


def signed_url(name: str, office: Office, **more: object) -> str:
    return reverse(f"signed:{name}", kwargs={"office": office.slug, **more})


def crumbs(office: Office) -> list[c.Crumb]:
    return [
        c.Crumb(_("Agreements"), page_url("agreements", office)),
        c.Crumb(_("Lists of signed agreements"), signed_url("home", office)),
    ]


@dataclass(frozen=True)
class Refused:
    row: int
    why: str
    remedy: str


@dataclass(frozen=True)
class Ready:
    """An agreement as it would stand on record."""

    title: str
    kind: str
    number: str
    signed: date | None
    term: str
    state: c.State
    places: str
    note: str
    rows: str


@dataclass(frozen=True)
class ListPage:
    head: c.Head
    work: c.Work | None
    notices: Sequence[c.Notice]
    ready: Sequence[Ready]
    ready_count: int
    all_url: str
    refused: Sequence[Refused]
    refused_rows: int
    related: Sequence[c.Related]
    moments: Sequence[c.Moment]


def list_page(batch: AgreementImport, *, everything: bool = False) -> ListPage:
    refused_rows = len({problem["row"] for problem in batch.refused})
    known = Organisation.objects.in_bulk([pk for pk in batch.partners.values() if pk])
    shown = batch.ready if everything else batch.ready[:SHOWN]
    before = batch.state == _L.PREVIEWED
    refused = batch.refused if everything else batch.refused[:REFUSED_SHOWN]
    cut = (before and len(batch.ready) > len(shown)) or len(batch.refused) > len(refused)
    return ListPage(
        head=_head(batch, refused_rows),
        work=work_of(batch),
        notices=_notices(batch),
        ready=[_ready(one, known) for one in shown] if before else [],
        ready_count=len(batch.ready),
        all_url=f"{signed_url('list', batch.office, pk=batch.pk)}?all=yes" if cut else "",
        refused=[Refused(one["row"], WORDS.problem(one), WORDS.remedy(one)) for one in refused],
        refused_rows=refused_rows,
        related=_related(batch, known),
        moments=moments(timeline(batch)[:12], ACTS),
    )


def state_of(batch: AgreementImport) -> c.State:
    return c.State(batch.get_state_display(), STATE_TONES[batch.state])


def work_of(batch: AgreementImport) -> c.Work | None:
    if batch.state not in (_L.READING, _L.TAKING):
        return None
    reading = batch.state == _L.READING
    return c.Work(
        title=_("Your list is being read") if reading else _("The agreements are being put on record"),
        done=batch.rows_done if reading else 0,
        total=batch.rows_total if reading else 0,
        sentence=_("Nothing is on record before you have looked at it.")
        if reading
        else _("All of them, or none."),
        poll_url=signed_url("progress", batch.office, pk=batch.pk),
    )


def _head(batch: AgreementImport, refused_rows: int) -> c.Head:
    office, pk = batch.office, batch.pk
    others = []
    if batch.state == _L.PREVIEWED:
        others.append(c.Action(_("Choose the columns again"), signed_url("columns", office, pk=pk)))
        others.append(c.Action(_("Choose the names again"), f"{signed_url('names', office, pk=pk)}?all=yes"))
    if batch.state == _L.READING:
        others.append(c.Action(_("Begin again with the columns"), signed_url("columns", office, pk=pk)))
    if refused_rows:
        url = signed_url("rejected", office, pk=pk)
        others.append(c.Action(_("Rejected rows as a file"), url, icon="download"))
    if batch.state in BEFORE_TAKING:
        others.append(
            c.Action(_("Throw the list away"), signed_url("discard", office, pk=pk), post=True, danger=True,
                     asks=_("Nothing of it is on record yet. The file is kept."))
        )  # fmt: skip
    if batch.state == _L.TAKEN:
        others.append(c.Action(_("Bring the scans"), signed_url("scans", office), icon="file-text"))
        others.append(
            c.Action(_("Undo the import"), signed_url("undo", office, pk=pk), post=True, danger=True,
                     asks=_("The agreements of this list are removed, and the partners and contacts that it added. "
                            "If one of the agreements was worked on since, nothing is undone and you are told which."))
        )  # fmt: skip
    return c.Head(
        title=batch.file.name,
        kind=_("List of signed agreements"),
        state=state_of(batch),
        lead=_lead(batch, refused_rows),
        crumbs=crumbs(office),
        next=_next(batch),
        others=others,
    )


def _lead(batch: AgreementImport, refused_rows: int) -> str:
    ready, total = len(batch.ready), batch.rows_total
    parts = [ngettext("%(count)d row.", "%(count)d rows.", total) % {"count": total}]
    if batch.state == _L.PREVIEWED:
        words = ngettext("%(count)d agreement can be taken.", "%(count)d agreements can be taken.", ready)
        parts.append(words % {"count": ready})
    if batch.state == _L.TAKEN:
        words = ngettext("%(count)d agreement is on record.", "%(count)d agreements are on record.", ready)
        parts.append(words % {"count": ready})
    if refused_rows and batch.state in (_L.PREVIEWED, _L.TAKEN):
        words = ngettext("%(count)d row cannot be taken.", "%(count)d rows cannot be taken.", refused_rows)
        parts.append(words % {"count": refused_rows})
    return " ".join(parts)


def _next(batch: AgreementImport) -> c.Action | None:
    office, pk = batch.office, batch.pk
    if batch.state == _L.TAKEN:
        return c.Action(_("Open the agreements"), f"{page_url('agreements', office)}?brought=yes")
    if batch.state != _L.PREVIEWED:
        return None
    if waiting := words_to_choose(batch):
        label = ngettext("Say what %(count)d name stands for", "Say what %(count)d names stand for", waiting)
        return c.Action(label % {"count": waiting}, signed_url("names", office, pk=pk))
    return take_action(batch)


def take_action(batch: AgreementImport) -> c.Action | None:
    count = len(batch.ready)
    if not count:
        return None
    label = ngettext("Put %(count)d agreement on record", "Put %(count)d agreements on record", count)
    return c.Action(
        label % {"count": count},
        signed_url("take", batch.office, pk=batch.pk),
        post=True,
        asks=_("You can undo this as long as nobody has worked with the agreements."),
    )


def _notices(batch: AgreementImport) -> list[c.Notice]:
    found = []
    if batch.problem:
        text = _("The work stopped before its end. Nothing is lost: go on from here.")
        again = None
        if batch.state == _L.MAPPED:
            again = c.Action(_("Choose the columns again"), signed_url("columns", batch.office, pk=batch.pk))
        found.append(c.Notice(text, "danger", action=again))
    if batch.state != _L.PREVIEWED:
        return found
    if batch.ready and words_to_choose(batch):
        text = _("Rows with names that you leave open are not taken; you can bring them again later. "
                 "What is on record is not added twice.")  # fmt: skip
        found.append(c.Notice(text, "needs", action=take_action(batch)))
    return found


def _ready(one: Mapping[str, Any], known: Mapping[int, Organisation]) -> Ready:
    organisation = known.get(one["partner"])
    places = ""
    if one["places"]:
        years = one["years"]
        span = year_words(years[0]) + (f" – {year_words(years[-1])}" if len(years) > 1 else "")
        count = ngettext("%(count)d place", "%(count)d places", one["places"]) % {"count": one["places"]}
        places = f"{count}, {span}"
    assumed = assumed_words([code for code in one["assumed"] if code != "starts_on"])
    return Ready(
        title=organisation.name if organisation else one["name"],
        kind=str(AgreementKind(one["kind"]).label),
        number=one["number"] or ("" if one["state"] != AgreementState.IN_FORCE else _("from the register")),
        signed=_day(one["signed_on"]),
        term=_term(one),
        state=c.State(AgreementState(one["state"]).label, AGREEMENT_TONES[one["state"]]),
        places=places,
        note=_("Assumed: %(what)s.") % {"what": assumed} if assumed else "",
        rows=", ".join(map(str, one["rows"])),
    )


def _term(one: Mapping[str, Any]) -> str:
    starts, ends = _day(one["starts_on"]), _day(one["ends_on"])
    words = f"{starts:%d.%m.%Y} – {ends:%d.%m.%Y}" if starts and ends else _("without an end date")
    if one["renewal_months"]:
        words += ", " + _("renews itself for %(months)d months") % {"months": one["renewal_months"]}
    return words


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _related(batch: AgreementImport, known: Mapping[int, Organisation]) -> list[c.Related]:
    found = []
    if drafts := _drafts(batch):
        rows = [
            c.RelatedRow(
                one.title, page_url("agreement", batch.office, one.pk), one.partnership.organisation.name
            )
            for one in drafts
        ]
        found.append(c.Related(_("Drafts of the same kind with these partners"), rows, len(rows)))
    if batch.partners and batch.state not in (_L.DISCARDED, _L.MAPPED, _L.READING):
        names = [_named(name, known.get(pk or 0), batch) for name, pk in batch.partners.items()]
        # What is open comes first.
        names.sort(key=lambda row: row.state is None)
        found.append(c.Related(_("Partners of the list"), names, len(names)))
    if batch.state == _L.TAKEN:
        found.append(_by_state(batch))
    return found


def _drafts(batch: AgreementImport) -> Sequence[Agreement]:
    if batch.state != _L.PREVIEWED:
        return []
    ids = {pk for one in batch.ready for pk in one["drafts"]}
    rows = Agreement.objects.filter(office=batch.office, pk__in=ids)
    return list(rows.select_related("partnership__organisation").order_by("pk"))


def _named(name: str, organisation: Organisation | None, batch: AgreementImport) -> c.RelatedRow:
    if organisation is None:
        return c.RelatedRow(name, state=c.State(_("to be chosen"), "needs"))
    why = " ".join(one.text for one in told(batch.reasons.get(name, ())))
    note = organisation.name if organisation.name != name else ""
    return c.RelatedRow(name, note=" · ".join(filter(None, (note, why))))


def _by_state(batch: AgreementImport) -> c.Related:
    rows = Agreement.objects.filter(imported_by=batch).order_by("state").values_list("state")
    url = page_url("agreements", batch.office)
    counts = dict(rows.annotate(count=Count("pk")))
    found = [
        c.RelatedRow(str(AgreementState(state).label), f"{url}?brought=yes&state={state}", str(count))
        for state, count in counts.items()
    ]
    return c.Related(_("On record"), found, sum(counts.values()))
