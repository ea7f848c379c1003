"""What partners and agreements put on the desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.accounts.models import Office, SignedLink, User
from sapar.accounts.policies import may_work_in
from sapar.accounts.queries import has_role
from sapar.accounts.states import LinkPurpose
from sapar.core.days import local_day
from sapar.partners.models import Agreement, AgreementVersion, ApprovalStep
from sapar.partners.policies import ROLE_OF_STEP
from sapar.partners.queries import open_obligations, steps_waiting_for
from sapar.partners.queries.ending import ending_soon
from sapar.partners.states import AgreementState, ApprovalRole, StepState
from sapar.web.components import Action
from sapar.web.home.desk import DESK_SOURCES, DeskItem
from sapar.web.partners.words import page_url

MOST = 25
SOON = timedelta(days=14)
# What a line says of an agreement and of a station; the texts of contracts stay unread.
AGREEMENT_READS = ("title", "partnership__organisation__name")
STEP_READS = (
    "role",
    "waiting_since",
    "version__number",
    "version__agreement__title",
    "version__agreement__partnership__organisation__name",
)


def partners_on_the_desk(user: User, office: Office, today: date) -> Iterable[DeskItem]:
    """Stations that wait for this person; for officers also what to sign, correct, renew, remind and do."""
    mine = [role for role, needed in ROLE_OF_STEP.items() if has_role(user, office.pk, needed)]
    if mine:
        for step in steps_waiting_for(office, [str(role) for role in mine]).only(*STEP_READS)[:MOST]:
            yield _to_answer(office, step)
    if may_work_in(user, office):
        yield from _to_go_on_with(user, office)
        yield from _ending(user, office, today)
        yield from _waited_for(office, mine, today)
    yield from _duties(user, office, today)


def _to_answer(office: Office, step: ApprovalStep) -> DeskItem:
    agreement = step.version.agreement
    return DeskItem(
        _("“%(title)s” waits for your approval.") % {"title": agreement.title},
        Action(_("Read and answer"), page_url("read", office, agreement.pk)),
        note=_("%(partner)s, version %(number)d")
        % {"partner": agreement.partnership.organisation.name, "number": step.version.number},
    )


def _own(user: User) -> Q:
    return Q(responsible=user) | Q(responsible=None)


def _to_go_on_with(user: User, office: Office) -> Iterator[DeskItem]:
    """Approved but not signed; with the partner, but nobody there was asked; returned with a remark."""
    own = (
        Agreement.objects.filter(_own(user), office=office)
        .select_related("partnership__organisation")
        .only(*AGREEMENT_READS)
    )
    for agreement in own.filter(state=AgreementState.APPROVED).order_by("pk")[:MOST]:
        yield DeskItem(
            _("“%(title)s” is approved by all and can be signed.") % {"title": agreement.title},
            Action(_("Open"), page_url("agreement", office, agreement.pk)),
            note=agreement.partnership.organisation.name,
        )
    asked = SignedLink.objects.filter(
        office=office, purpose=LinkPurpose.ANSWER_AGREEMENT, revoked_at=None, expires_at__gt=timezone.now()
    )
    with_partner = own.filter(state=AgreementState.WITH_PARTNER).exclude(pk__in=asked.values("subject_id"))
    for agreement in with_partner.order_by("pk")[:MOST]:
        yield DeskItem(
            _("“%(title)s” is ready for the partner, who was not asked yet.") % {"title": agreement.title},
            Action(_("Invite the partner"), page_url("invite", office, agreement.pk)),
            note=agreement.partnership.organisation.name,
        )
    returned = AgreementVersion.objects.filter(office=office, steps__state=StepState.RETURNED)
    drafts = own.filter(state=AgreementState.DRAFT, pk__in=returned.values("agreement_id"))
    for agreement in drafts.order_by("pk")[:MOST]:
        yield DeskItem(
            _("“%(title)s” was returned with a remark.") % {"title": agreement.title},
            Action(_("Read the remark"), page_url("agreement", office, agreement.pk)),
            note=agreement.partnership.organisation.name,
        )


def _ending(user: User, office: Office, today: date) -> Iterator[DeskItem]:
    for agreement in ending_soon(office, today, whose=_own(user), most=MOST):
        note = (
            _("It renews itself unless it is terminated.")
            if agreement.renews_automatically
            else agreement.partnership.organisation.name
        )
        yield DeskItem(
            _("“%(title)s” ends.") % {"title": agreement.title},
            Action(_("Decide"), page_url("agreement", office, agreement.pk)),
            due_on=agreement.ends_on,
            note=note,
        )


def _waited_for(office: Office, mine: list[ApprovalRole], today: date) -> Iterator[DeskItem]:
    """Stations and partners who have the agreement now."""
    others = [str(role) for role in ApprovalRole if role not in mine]
    for step in steps_waiting_for(office, others).only(*STEP_READS)[:MOST]:
        agreement = step.version.agreement
        assert step.waiting_since is not None
        days = (today - local_day(step.waiting_since)).days
        yield DeskItem(
            _("“%(title)s” is with: %(station)s.")
            % {"title": agreement.title, "station": str(step.get_role_display()).lower()},
            Action(_("Open"), page_url("agreement", office, agreement.pk)),
            kind="waiting",
            note=ngettext("since %(day)s, %(days)d day", "since %(day)s, %(days)d days", days)
            % {"day": f"{local_day(step.waiting_since):%d.%m.%Y}", "days": days},
        )


def _duties(user: User, office: Office, today: date) -> Iterator[DeskItem]:
    works = may_work_in(user, office)
    duties = open_obligations(office).filter(due_on__lte=today + SOON)
    wanted = duties.filter(_own(user)) if works else duties.filter(responsible=user)
    reads = ("text", "due_on", "agreement__partnership__organisation__name")
    for duty in wanted.only(*reads)[:MOST]:
        yield DeskItem(
            duty.text,
            Action(
                _("Mark as done") if works else _("Open"),
                page_url("finish_obligation", office, duty.pk)
                if works
                else page_url("agreement", office, duty.agreement_id),
            ),
            due_on=duty.due_on,
            note=duty.agreement.partnership.organisation.name,
        )


DESK_SOURCES.append(partners_on_the_desk)
