"""What the record of an agreement shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from sapar.accounts.models import User
from sapar.audit.queries import timeline
from sapar.core.days import local_day
from sapar.files.queries import files_of, papers_of
from sapar.partners.models import Agreement, AgreementImport, AgreementVersion, ApprovalStep, Obligation
from sapar.partners.policies import may_answer_step, may_change_agreement
from sapar.partners.queries import is_intact
from sapar.partners.states import StepState, VersionState
from sapar.web import components as c
from sapar.web.partners.pages.actions import actions_of
from sapar.web.partners.pages.agreement_related import related
from sapar.web.partners.pages.reading import PlaceRow, reading_of
from sapar.web.partners.signed.words import assumed_words
from sapar.web.partners.told import told
from sapar.web.partners.words import page_url, state_of


@dataclass(frozen=True)
class Station:
    """A step of the route as a line."""

    name: str
    state: c.State
    who: str
    at: datetime | None
    remark: str


@dataclass(frozen=True)
class VersionLine:
    number: int
    state: c.State
    made_at: datetime
    digest: str
    url: str
    changes_url: str


@dataclass(frozen=True)
class Duty:
    text: str
    due: c.Cell
    who: str
    state: c.State
    result: str
    done_url: str


@dataclass(frozen=True)
class AgreementPage:
    head: c.Head
    notices: Sequence[c.Notice]
    facts: Sequence[c.FactGroup]
    places: Sequence[PlaceRow]
    places_total: int
    stations: Sequence[Station]
    versions: Sequence[VersionLine]
    duties: Sequence[Duty]
    add_duty_url: str
    related: Sequence[c.Related]
    moments: Sequence[c.Moment]


def agreement_page(agreement: Agreement, user: User, *, now: datetime) -> AgreementPage:
    office = agreement.office
    versions = list(agreement.versions.order_by("-number"))
    current = versions[0]
    steps = list(current.steps.select_related("version").order_by("order"))
    waiting = next(
        (step for step in steps if step.state == StepState.WAITING and step.waiting_since is not None), None
    )
    works = may_change_agreement(user, agreement)
    papers = list(papers_of(agreement).select_related("file"))
    chosen = actions_of(agreement, user, waiting, papers, today=local_day(now))
    head = c.Head(
        agreement.title,
        kind=agreement.get_kind_display(),
        number=agreement.number,
        state=state_of(agreement),
        waiting=waiting_words(waiting, now) if waiting else "",
        next=chosen.next,
        others=chosen.others,
        crumbs=[c.Crumb(_("Agreements"), page_url("agreements", office))],
    )
    reading = reading_of(current)
    return AgreementPage(
        head=head,
        notices=_notices(agreement, versions, steps, waiting, user),
        facts=_facts(agreement, current),
        places=reading.places,
        places_total=sum(row.places for row in reading.places),
        stations=[_station(step) for step in steps],
        versions=[_version(agreement, version, versions) for version in versions],
        duties=[_duty(duty, works, now) for duty in _duties(agreement)],
        add_duty_url=page_url("add_obligation", office, agreement.pk) if works else "",
        related=related(agreement, user, papers, works),
        moments=told(timeline(agreement)[:40]),
    )


def waiting_words(step: ApprovalStep, now: datetime) -> str:
    """waiting for: rector, since 3 days"""
    assert step.waiting_since is not None
    station = str(step.get_role_display()).lower()
    days = (local_day(now) - local_day(step.waiting_since)).days
    if days <= 0:
        return _("waiting for: %(station)s, since today") % {"station": station}
    words = ngettext(
        "waiting for: %(station)s, since %(days)d day", "waiting for: %(station)s, since %(days)d days", days
    )
    return words % {"station": station, "days": days}


def _notices(
    agreement: Agreement,
    versions: Sequence[AgreementVersion],
    steps: Sequence[ApprovalStep],
    waiting: ApprovalStep | None,
    user: User,
) -> list[c.Notice]:
    """What must be read first: a remark that brought the draft back, a digest that does not hold."""
    found = []
    if not is_intact(versions[0]):
        found.append(
            c.Notice(
                _("The stored content of this version is not what was approved. Tell the administrator."),
                "danger",
            )
        )
    if agreement.imported_by is not None:
        found.append(_from_list(agreement, agreement.imported_by, versions[-1]))
    if versions[0].state == VersionState.DRAFT and len(versions) > 1:
        returned = versions[1].steps.filter(state=StepState.RETURNED).first()
        if returned is not None:
            found.append(
                c.Notice(
                    returned.remark,
                    "needs",
                    _("%(station)s (%(who)s) returned version %(number)d")
                    % {
                        "station": returned.get_role_display(),
                        "who": returned.answered_by,
                        "number": versions[1].number,
                    },
                )
            )
    if waiting is not None and may_answer_step(user, waiting):
        found.append(
            c.Notice(
                _("Read the frozen version and approve it, or return it with a remark."),
                "needs",
                _("The agreement waits for you"),
            )
        )
    if agreement.termination_reason:
        found.append(c.Notice(agreement.termination_reason, "info", _("Why it was ended")))
    return found


def _from_list(agreement: Agreement, batch: AgreementImport, first: AgreementVersion) -> c.Notice:
    """Honestly: nobody approved this content here, its paper was signed outside."""
    source = (first.snapshot or {}).get("taken_from", {})
    words = [
        _("Its paper was signed outside Sapar. What stands here is what row %(rows)s of “%(list)s” says.")
        % {"rows": ", ".join(map(str, source.get("rows", ()))), "list": batch.file.name}
    ]
    if assumed := assumed_words(source.get("assumed", [])):
        words.append(_("Assumed: %(what)s.") % {"what": assumed})
    if not files_of(agreement).filter(purpose="agreement_scan").exists():
        words.append(_("The scan is not attached yet."))
    return c.Notice(" ".join(words), "info", _("Taken from the office’s list"))


def _facts(agreement: Agreement, version: AgreementVersion) -> list[c.FactGroup]:
    office, partnership = agreement.office, agreement.partnership
    renewal = (
        _("for %(months)d months each time") % {"months": agreement.renewal_months}
        if agreement.renews_automatically
        else _("not by itself")
    )
    parties = [
        c.Fact(
            _("Partner"), c.Link(partnership.organisation.name, page_url("partner", office, partnership.pk))
        ),
        c.Fact(_("Faculty"), agreement.unit.said if agreement.unit else _("the whole university")),
        c.Fact(_("Responsible"), agreement.responsible.name if agreement.responsible else None),
    ]
    if agreement.replaces is not None:
        parties.append(
            c.Fact(
                _("Continues"),
                c.Link(
                    agreement.replaces.number or agreement.replaces.title,
                    page_url("agreement", office, agreement.replaces_id),
                ),
            )
        )
    groups = [
        c.FactGroup(_("Parties"), parties),
        c.FactGroup(
            pgettext("of an agreement", "Term"),
            [
                c.Fact(_("Begins"), agreement.starts_on),
                c.Fact(_("Ends"), agreement.ends_on or _("without an end date")),
                c.Fact(_("Renewal"), renewal),
                c.Fact(_("Notice"), _("%(months)d months") % {"months": agreement.notice_months}),
            ],
        ),
    ]
    if agreement.signed_on:
        groups.append(
            c.FactGroup(
                _("Signed"),
                [
                    c.Fact(_("Signed on"), agreement.signed_on),
                    c.Fact(
                        _("For us"),
                        _signer(agreement.home_signer, agreement.home_signer_post),
                        agreement.home_authority,
                    ),
                    c.Fact(
                        _("For the partner"),
                        _signer(agreement.partner_signer, agreement.partner_signer_post),
                        agreement.partner_authority,
                    ),
                ],
            )
        )
    if version.digest:
        groups.append(
            c.FactGroup(
                _("Frozen content"),
                [
                    c.Fact(_("Version"), version.number),
                    c.Fact(_("Frozen"), version.frozen_at),
                    c.Fact(
                        _("Digest (SHA-256)"),
                        version.digest[:16] + "…",
                        _("All stations approve this digest.")
                        if agreement.imported_by_id is None
                        else _("It binds this content to the list it was taken from."),
                    ),
                ],
            )
        )
    return groups


def _signer(name: str, post: str) -> str:
    return f"{name}, {post}" if post else name


def _station(step: ApprovalStep) -> Station:
    match step.state:
        case StepState.APPROVED:
            state = c.State(_("approved"), "done")
        case StepState.RETURNED:
            state = c.State(_("returned"), "danger")
        case _ if step.waiting_since is not None:
            state = c.State(_("waiting"), "waiting")
        case _:
            state = c.State(_("later"), "draft")
    return Station(
        str(step.get_role_display()),
        state,
        step.answered_by,
        step.answered_at or step.waiting_since,
        step.remark,
    )


def _version(
    agreement: Agreement, version: AgreementVersion, all_: Sequence[AgreementVersion]
) -> VersionLine:
    states = {
        VersionState.DRAFT: c.State(_("draft"), "draft"),
        VersionState.FROZEN: c.State(_("frozen"), "active"),
        VersionState.SUPERSEDED: c.State(_("replaced by a later version"), "ended"),
    }
    older = version.number > min(one.number for one in all_)
    return VersionLine(
        version.number,
        states[VersionState(version.state)],
        version.made_at,
        version.digest,
        page_url("version", agreement.office, agreement.pk, number=version.number),
        page_url("changes", agreement.office, agreement.pk, number=version.number) if older else "",
    )


def _duties(agreement: Agreement) -> Sequence[Obligation]:
    return list(agreement.obligations.select_related("responsible").order_by("done_on", "due_on", "pk"))


def _duty(duty: Obligation, works: bool, now: datetime) -> Duty:
    today = local_day(now)
    if duty.done_on is not None:
        state = c.State(_("done"), "done")
    elif duty.due_on < today:
        state = c.State(_("past its date"), "danger")
    else:
        state = c.State(_("open"), "active")
    return Duty(
        duty.text,
        duty.done_on or duty.due_on,
        duty.responsible.name if duty.responsible else _("the whole office"),
        state,
        duty.result,
        page_url("finish_obligation", duty.office, duty.pk) if works and duty.done_on is None else "",
    )
