"""Letters to partners and students on stays, and the weekly reminders. A key is made where it is mailed."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sapar.accounts.letters import send_letter
from sapar.accounts.models import Office, User
from sapar.accounts.queries import belongs_to
from sapar.accounts.services import mailed, make_link
from sapar.accounts.states import LinkPurpose
from sapar.core.queue import background
from sapar.mobility import stay_mails
from sapar.mobility.models import LearningAgreement, Message
from sapar.mobility.services import reminders, stay_papers
from sapar.mobility.states import LearningAgreementState


@background(about=Office, failure=_("A partner or student was not sent their link."))
def mail_link(
    office_id: int,
    purpose: str,
    subject_id: int,
    name: str,
    email: str,
    language: str,
    days: int,
    again: bool = False,
) -> None:
    """Make a key and send it; `again` says that it is a reminder."""
    office, at = Office.objects.get(pk=office_id), timezone.now()
    link, key = make_link(
        LinkPurpose(purpose),
        subject_id,
        office=office,
        holder_name=name,
        holder_email=email,
        language=language,
        days=days,
        at=at,
    )
    url = f"{settings.BASE_URL.rstrip('/')}/l/{key}/"
    subject, body = stay_mails.letter(
        LinkPurpose(purpose), subject_id, office, name=name, url=url, language=language, again=again
    )
    with mailed(link, at=at):
        send_letter(subject, body, email)


@background(about=Message, failure=_("A person on a stay was not sent the office's message."))
def mail_message(message_id: int) -> None:
    """What the office wrote, with a fresh link to the stay, where it can be answered."""
    message = Message.objects.select_related("exchange__person", "exchange__office").get(pk=message_id)
    exchange = message.exchange
    if exchange is None or not exchange.person.email:
        return
    person, at = exchange.person, timezone.now()
    link, key = make_link(
        LinkPurpose.FOLLOW_STAY,
        exchange.pk,
        office=exchange.office,
        holder_name=person.display_name,
        holder_email=person.email,
        language=person.language,
        days=400,
        at=at,
    )
    url = f"{settings.BASE_URL.rstrip('/')}/l/{key}/"
    subject, body = stay_mails.message_letter(message, exchange, url=url)
    with mailed(link, at=at):
        send_letter(subject, body, person.email)


@background(about=LearningAgreement, failure=_("A coordinator was not told of a learning agreement."))
def tell_coordinator(version_id: int, user_id: int) -> None:
    """A proposal waits or was refused; where somebody has dealt with it meanwhile, or
    the reader has left the office, nobody is written to."""
    version = LearningAgreement.objects.select_related("exchange__office", "exchange__person").get(
        pk=version_id
    )
    if version.state != LearningAgreementState.PROPOSED and not version.refused_by:
        return
    reader = User.objects.get(pk=user_id)
    exchange = version.exchange
    if not belongs_to(reader, exchange.office_id):
        return
    page = f"/o/{exchange.office.slug}/stays/{exchange.pk}/agreements/{version.number}/"
    url = f"{settings.BASE_URL.rstrip('/')}{page}"
    subject, body = stay_mails.coordinator_letter(version, reader, url=url)
    send_letter(subject, body, reader.email)


@background(about=LearningAgreement, failure=_("The paper of a signed learning agreement was not made."))
def issue_agreement_paper(version_id: int) -> None:
    """The signed learning agreement as a paper with a QR code, once."""
    version = LearningAgreement.objects.select_related("exchange__office").get(pk=version_id)
    if version.state == LearningAgreementState.SIGNED:
        stay_papers.issue_learning_agreement(version, by=stay_papers.SAPAR, at=timezone.now())


@background(about=None, failure=_("Partners and students were not reminded of what is waited for."))
def remind_partners() -> None:
    """What partners have not answered, signed or given, and students not proposed or signed: once a week at most."""
    for office in Office.objects.order_by("pk"):
        reminders.remind(office, by=reminders.SAPAR, at=timezone.now())
