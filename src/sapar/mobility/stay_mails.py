"""Letters with a signed link about stays: to partners and to students, in their language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from sapar.accounts.models import Office, User
from sapar.accounts.states import LinkPurpose
from sapar.mobility.models import Exchange, LearningAgreement, Message
from sapar.mobility.queries.exchanges import latest_learning_agreement, nominated_under
from sapar.mobility.states import ExchangeState, LearningAgreementState
from sapar.partners.models import Agreement


def letter(
    purpose: LinkPurpose,
    subject_id: int,
    office: Office,
    *,
    name: str,
    url: str,
    language: str,
    again: bool = False,
) -> tuple[str, str]:
    """Subject and text; `again` when the same was asked before."""
    with override(language):
        if purpose == LinkPurpose.ANSWER_NOMINATION:
            agreement = Agreement.objects.get(pk=subject_id, office=office)
            subject, said = _nominations(agreement)
        else:
            exchange = Exchange.objects.select_related("person", "partner").get(pk=subject_id, office=office)
            subject, said = _about_stay(purpose, exchange)
        if again:
            subject = _("Reminder: %(subject)s") % {"subject": subject}
        text = "\n\n".join(
            [
                _("Dear %(name)s,") % {"name": name},
                said,
                _("Please open this page: %(url)s") % {"url": url},
                _("No account is needed. The address is for you alone; do not pass it on."),
                office.name_in(language),
            ]
        )
    return f"{subject} – {office.name_in(language)}"[:200], text + "\n"


def _nominations(agreement: Agreement) -> tuple[str, str]:
    count = nominated_under(agreement).count()
    said = ngettext(
        "Under “%(agreement)s” we nominate %(count)s person. Please accept or decline.",
        "Under “%(agreement)s” we nominate %(count)s people. Please accept or decline each of them.",
        count,
    )
    return _("Nominations for exchange"), said % {"agreement": agreement.title, "count": count}


def _about_stay(purpose: LinkPurpose, exchange: Exchange) -> tuple[str, str]:
    facts = {
        "person": exchange.person.display_name,
        "number": exchange.number,
        "partner": exchange.partner.name,
        "first": date_format(exchange.planned_from, "DATE_FORMAT"),
        "last": date_format(exchange.planned_to, "DATE_FORMAT"),
    }
    match purpose:
        case LinkPurpose.SIGN_LEARNING_AGREEMENT:
            said = _("the learning agreement of %(person)s (%(first)s – %(last)s) waits for your signature.")
            return _("A learning agreement to sign"), said % facts
        case LinkPurpose.GIVE_TRANSCRIPT:
            said = _("%(person)s has left you. Please give us the transcript of records of the stay.")
            return _("A transcript of records is awaited"), said % facts
        case LinkPurpose.FOLLOW_STAY:
            return _("Your stay %(number)s") % facts, _to_student(exchange, facts)
    raise ValueError(purpose)


def _to_student(exchange: Exchange, facts: Mapping[str, str]) -> str:
    """What the student is asked to do now."""
    version = latest_learning_agreement(exchange)
    if version is not None and version.state == LearningAgreementState.DRAFT and version.remark:
        return _(
            "%(by)s has given your proposal for the learning agreement back: “%(remark)s” Please change it and "
            "send it again."
        ) % {"by": version.remark_by, "remark": version.remark}
    if version is not None and version.state == LearningAgreementState.DRAFT and version.sketch is not None:
        return (
            _(
                "your proposal for the learning agreement with %(partner)s is begun and not sent. What you typed "
                "is kept; please complete it and send it."
            )
            % facts
        )
    if exchange.state == ExchangeState.CANCELLED:
        return _("your stay at %(partner)s (%(first)s – %(last)s) is cancelled.") % facts
    if exchange.left_on is not None and exchange.end_reason:
        left = {**facts, "left": date_format(exchange.left_on, "DATE_FORMAT")}
        return _("your stay at %(partner)s ended on %(left)s, before the planned day.") % left
    if version is None and exchange.state == ExchangeState.ACCEPTED and exchange.direction == "out":
        return (
            _(
                "%(partner)s has accepted you. Please propose which courses you will study there and what they "
                "stand for at home. What you type is kept; you may go on at any time."
            )
            % facts
        )
    if exchange.direction == "in":
        return _("on the page below you see your stay with us and sign your learning agreement.")
    return _("on the page below you see your stay at %(partner)s and sign your learning agreement.") % facts


def end_letter(exchange: Exchange, *, name: str, language: str) -> tuple[str, str]:
    """To the partner: somebody does not come, left early, or comes after all. No reason: it may be private."""
    with override(language):
        facts = {
            "person": exchange.person.display_name,
            "number": exchange.number,
            "first": date_format(exchange.planned_from, "DATE_FORMAT"),
            "last": date_format(exchange.planned_to, "DATE_FORMAT"),
        }
        if exchange.state == ExchangeState.CANCELLED:
            subject = _("A stay is cancelled: %(person)s")
            said = _("the stay of %(person)s (%(first)s – %(last)s) will not take place.")
        elif exchange.left_on is not None:
            subject = _("A stay ended early: %(person)s")
            facts["left"] = date_format(exchange.left_on, "DATE_FORMAT")
            said = _("the stay of %(person)s, planned from %(first)s to %(last)s, ended on %(left)s.")
        else:
            subject = _("A stay takes place after all: %(person)s")
            said = _("the stay of %(person)s (%(first)s – %(last)s) takes place as it was planned.")
        lines = [_("Dear %(name)s,") % {"name": name}, said % facts]
        if exchange.left_on is not None and exchange.state == ExchangeState.RETURNED:
            lines.append(_("Please still give us the transcript of records of what was passed until then."))
        lines += [_("Our number of the stay: %(number)s") % facts, exchange.office.name_in(language)]
    return f"{subject % facts} – {exchange.office.name_in(language)}"[:200], "\n\n".join(lines) + "\n"


def message_letter(message: Message, exchange: Exchange, *, url: str) -> tuple[str, str]:
    """What the office wrote to somebody on a stay, in the reader's language around the office's own words."""
    person, office = exchange.person, exchange.office
    with override(person.language):
        subject = _("A message about your stay")
        text = "\n\n".join(
            [
                _("Dear %(name)s,") % {"name": person.display_name},
                _("The office writes about your stay:"),
                message.text,
                _("Read it and answer on your page: %(url)s") % {"url": url},
                _("The address is for you alone. Do not pass it on."),
                office.name_in(person.language),
            ]
        )
    return f"{subject} – {office.name_in(person.language)}"[:200], text + "\n"


def coordinator_letter(version: LearningAgreement, reader: User, *, url: str) -> tuple[str, str]:
    """To the home coordinator: somebody proposes what to study, or a party did not sign."""
    exchange = version.exchange
    facts = {"person": exchange.person.display_name, "partner": exchange.partner.name}
    with override(reader.language):
        subject = _("Learning agreement of %(person)s") % facts
        said = _("%(person)s proposes what to study at %(partner)s. Please check the proposal.") % facts
        words = version.note
        if version.refused_by:
            facts |= {"by": version.remark_by, "number": str(version.number)}
            said = (
                _(
                    "%(by)s did not sign version %(number)s of the learning agreement of %(person)s. It is void now."
                )
                % facts
            )
            words = version.remark
        text = "\n\n".join(
            [
                _("Dear %(name)s,") % {"name": reader.name},
                said,
                *([f"“{words}”"] if words else []),
                _("Please open this page: %(url)s") % {"url": url},
            ]
        )
    return f"{subject} – {exchange.office.name_in(reader.language)}"[:200], text + "\n"
