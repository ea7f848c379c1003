"""What a run gave: the answer in a sentence, the table, and how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.accounts.models import User
from sapar.files.queries import papers_of
from sapar.methods.allocation import Verification
from sapar.mobility.models import Call, PlacingRun
from sapar.mobility.papers.minutes import part_name, verdict
from sapar.mobility.policies import may_give_places
from sapar.mobility.queries.placing import runs_of
from sapar.mobility.states import ApplicationState, CallState, RunState
from sapar.mobility.wording.mechanisms import MECHANISM_HELP, mechanism_name
from sapar.mobility.wording.reasons import group_name, unused_sentence
from sapar.mobility.wording.rules import shown_alike
from sapar.web import components as c
from sapar.web.mobility.calls.pages.addresses import to
from sapar.web.mobility.calls.pages.calls import faculties_of
from sapar.web.mobility.calls.words import state_of_run


@dataclass(frozen=True)
class CutoffLine:
    host: str
    part: str
    places: int
    filled: int
    cutoff: str
    url: str


@dataclass(frozen=True)
class MechanismLine:
    name: str
    chosen: bool
    placed: int
    by_wish: Sequence[int]
    envious: int
    waste: int
    unused: int


@dataclass(frozen=True)
class UnusedLine:
    host: str
    part: str
    places: int
    why: str


@dataclass(frozen=True)
class RunPage:
    head: c.Head
    answer: str
    notices: Sequence[c.Notice]
    facts: Sequence[c.FactGroup]
    cutoffs: Sequence[CutoffLine]
    comparison: Sequence[MechanismLine]
    wishes: Sequence[int]
    unused: Sequence[UnusedLine]

    @property
    def has_reserves(self) -> bool:
        return any(line.part for line in self.cutoffs)


def run_page(run: PlacingRun, user: User) -> RunPage:
    call, office = run.call, run.office
    hosts = {place.pk: (place.host.name, place.host_id) for place in call.places.select_related("host")}
    offers = [line for line in run.result["cutoffs"] if line["places"]]
    faculties = faculties_of(call.office) if any(line["part"] != "open" for line in offers) else {}
    cutoffs = [
        CutoffLine(
            hosts[int(line["offer"])][0],
            "" if line["part"] == "open" else group_name(line, faculties),
            line["places"],
            line["filled"],
            score,
            to("people", office, run.pk, host=hosts[int(line["offer"])][1]),
        )
        for line, score in zip(offers, shown_alike([line.get("score") for line in offers]), strict=True)
    ]
    cutoffs.sort(key=lambda line: (line.host, line.part == "", line.part))
    most = max((len(line["by_wish"]) for line in run.comparison), default=0)
    return RunPage(
        head=_head(run, user),
        answer=_answer(run),
        notices=_notices(run),
        facts=_facts(run),
        cutoffs=cutoffs,
        comparison=[_mechanism(run, line, most) for line in run.comparison],
        wishes=range(1, most + 1),
        unused=[
            UnusedLine(
                hosts[int(one["offer"])][0],
                part_name(one["part"], faculties),
                one["places"],
                unused_sentence(one),
            )
            for one in run.result["unused"]
        ],
    )


def _answer(run: PlacingRun) -> str:
    firsts = sum(1 for one in run.result["placements"] if one.get("wish") == 1)
    placed = ngettext(
        "%(placed)s of %(applicants)s applicants gets a place",
        "%(placed)s of %(applicants)s applicants get a place",
        run.placed,
    ) % {"placed": run.placed, "applicants": run.applicants}
    return _("%(placed)s, %(firsts)s of them at the first wish.") % {"placed": placed, "firsts": firsts}


def _mechanism(run: PlacingRun, line: dict[str, Any], most: int) -> MechanismLine:
    by_wish = [*line["by_wish"], *([0] * (most - len(line["by_wish"])))]
    return MechanismLine(
        mechanism_name(line["mechanism"]),
        line["mechanism"] == run.mechanism,
        line["placed"],
        by_wish,
        line["envious"],
        line["waste"],
        line["unused"],
    )


def _head(run: PlacingRun, user: User) -> c.Head:
    call, office = run.call, run.office
    may, following = may_give_places(user, call), None
    others = [
        c.Action(_("Who gets what"), to("people", office, run.pk), icon="list"),
        c.Action(_("Check the result"), to("verify", office, run.pk), icon="shield-check"),
    ]
    if may and run.state == RunState.TRIAL:
        following = c.Action(_("Adopt and tell the applicants"), to("adopt", office, run.pk))
    if run.state in (RunState.ADOPTED, RunState.REPLACED):
        minutes = papers_of(run).first()
        if minutes is not None:
            following = c.Action(_("Download the minutes"), to("minutes", office, run.pk), icon="download")
        elif may:
            following = c.Action(_("Write the minutes"), to("minutes", office, run.pk), post=True)
    return c.Head(
        _("Run %(number)s") % {"number": run.number},
        kind=_("Refill") if run.is_refill else _("Giving of places"),
        state=state_of_run(run),
        crumbs=[
            c.Crumb(call.title, to("call", office, call.pk)),
            c.Crumb(_("Places"), to("placing", office, call.pk)),
        ],
        next=following,
        others=others,
    )


def _notices(run: PlacingRun) -> list[c.Notice]:
    if run.state == RunState.TRIAL:
        found = [c.Notice(_("This is a dry run. It has no effect on anybody until it is adopted."))]
        if run.with_comparison and not run.comparison:
            found.append(
                c.Notice(_("The other mechanisms are being computed. Load the page again in a moment."))
            )
        return found
    return []


def _facts(run: PlacingRun) -> list[c.FactGroup]:
    kept = [one for one in run.result["placements"] if one.get("kept")]
    frozen = (
        [c.Fact(_("Places kept from before"), len(kept), _("Whoever confirmed stays; nobody loses a place."))]
        if run.is_refill
        else []
    )
    return [
        c.FactGroup(
            _("How it was made"),
            [
                c.Fact(_("Mechanism"), mechanism_name(run.mechanism), MECHANISM_HELP.get(run.mechanism, "")),
                c.Fact(_("Seed of the lots"), str(run.seed)),
                c.Fact(_("Digest of the data"), run.digest[:16]),
                *frozen,
            ],
        ),
        c.FactGroup(
            _("When and by whom"),
            [
                c.Fact(_("Computed"), run.computed_at or run.made_at, run.made_by),
                c.Fact(_("Adopted"), run.adopted_at, run.adopted_by),
                c.Fact(_("Applicants"), c.Figure(run.applicants, to("people", run.office, run.pk))),
                c.Fact(
                    _("With a place"), c.Figure(run.placed, to("people", run.office, run.pk, placed="yes"))
                ),
            ],
        ),
    ]


def work_of(run: PlacingRun) -> c.Work:
    """How far the computation is."""
    office = run.office
    if run.state == RunState.FAILED:
        sentence = run.failure or _("The computation was interrupted. Start it again.")
        return c.Work(_("Giving the places"), 0, 0, sentence, failed=True)
    finished = run.state != RunState.RUNNING
    return c.Work(
        _("Giving the places"),
        run.done,
        100,
        _("The result is ready.") if finished else _("Giving the places and writing the reasons."),
        poll_url=to("progress", office, run.pk),
        finished=finished,
        result=c.Action(_("Look at the result"), to("run", office, run.pk), primary=True)
        if finished
        else None,
    )


@dataclass(frozen=True)
class PlacingPage:
    head: c.Head
    notices: Sequence[c.Notice]
    runs: Sequence[tuple[PlacingRun, c.State, str, str]]
    can_run: bool
    can_refill: bool
    refill: c.Action | None


def placing_page(call: Call, user: User) -> PlacingPage:
    office, may = call.office, may_give_places(user, call)
    waiting = call.applications.filter(state=ApplicationState.SUBMITTED).count()
    notices = []
    if waiting and call.state == CallState.CLOSED:
        notices.append(
            c.Notice(
                ngettext(
                    "%(count)s application is not checked yet. Check or reject it before places are given.",
                    "%(count)s applications are not checked yet. Check or reject them before places are given.",
                    waiting,
                )
                % {"count": waiting},
                "needs",
                action=c.Action(
                    _("Check them"),
                    to("applications", office, call=call.pk, state=ApplicationState.SUBMITTED.value),
                ),
            )
        )
    if call.state in (CallState.DRAFT, CallState.OPEN):
        notices.append(c.Notice(_("Places are given when the call is closed.")))
    rows = [
        (
            run,
            state_of_run(run),
            to("run", office, run.pk)
            if run.state not in (RunState.RUNNING, RunState.FAILED)
            else to("progress", office, run.pk),
            mechanism_name(run.mechanism),
        )
        for run in runs_of(call)
    ]
    refill = c.Action(
        _("Try a refill"),
        to("refill", office, call.pk),
        post=True,
        primary=True,
    )
    can_refill = may and call.state == CallState.PLACED
    return PlacingPage(
        head=c.Head(
            _("Places"),
            kind=call.title,
            crumbs=[
                c.Crumb(_("Calls"), to("home", office)),
                c.Crumb(call.title, to("call", office, call.pk)),
            ],
        ),
        notices=notices,
        runs=rows,
        can_run=may and call.state == CallState.CLOSED and not waiting,
        can_refill=can_refill,
        refill=refill if can_refill else None,
    )


@dataclass(frozen=True)
class VerifyPage:
    run: PlacingRun
    verdict: c.Notice
    answers: Sequence[c.Answer]
    blocking: Sequence[tuple[str, str, str]]


def verify_page(run: PlacingRun, checked: Verification) -> VerifyPage:
    names = dict(
        run.awards.filter(
            application_id__in={int(pair.applicant) for pair in checked.blocking[:50]}
            | {int(pair.over) for pair in checked.blocking[:50] if pair.over}
        ).values_list("application_id", "application__person__display_name")
    )
    hosts = dict(run.call.places.values_list("pk", "host__name"))
    tone = "done" if checked.sound and checked.stable else ("needs" if checked.sound else "danger")
    return VerifyPage(
        run,
        c.Notice(verdict(checked), tone),  # type: ignore[arg-type]
        [
            c.Answer(_("The result belongs to these data"), checked.problem_matches),
            c.Answer(_("The lots follow from the seed"), checked.lottery_matches),
            c.Answer(_("No place is given twice"), checked.feasible),
            c.Answer(_("Everybody placed is eligible"), checked.eligible),
            c.Answer(_("No wanted place is left empty"), checked.non_wasteful),
            c.Answer(_("Nobody is passed over by somebody behind"), checked.envy_free),
            c.Answer(_("A new run gives the same"), checked.reproduced),
        ],
        [
            (
                names.get(int(pair.applicant), ""),
                hosts.get(int(pair.offer), ""),
                names.get(int(pair.over), "") if pair.over else _("an empty place"),
            )
            for pair in checked.blocking[:50]
        ],
    )
