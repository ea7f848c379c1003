"""Letters to applicants by e-mail: subject and text in the applicant's language."""

from __future__ import annotations

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from sapar.mobility.models import Application, Message
from sapar.mobility.queries.placing import appeal_until, award_of
from sapar.mobility.states import ApplicationState
from sapar.mobility.wording.reasons import no_place_sentence


def letter(
    about: str, application: Application, url: str, *, message: Message | None = None
) -> tuple[str, str]:
    """Subject and text.

    Args:
        about: "link", "received", "asked", "message", "rejected", "decision", "reminder", "given_back" or
            "appeal".
        url: the signed link to the application; it appears in the text alone.
    """
    with override(application.person.language):
        call, office = application.call.title, application.call.office.name_in(application.person.language)
        subject, paragraphs = _words(about, application, message)
        text = "\n\n".join(
            [
                _("Dear %(name)s,") % {"name": application.person.display_name},
                *paragraphs,
                _("Your page: %(url)s") % {"url": url},
                _("The address is for you alone. Do not pass it on."),
                office,
            ]
        )
        return f"{subject} – {call}"[:200], text + "\n"


def _words(about: str, application: Application, message: Message | None) -> tuple[str, list[str]]:
    facts = {"call": application.call.title, "number": application.number}
    match about:
        case "link":
            return _("Your application"), [
                _("With the address below you fill in your application for “%(call)s” and see how it stands.")
                % facts,
                _("If you did not ask for this letter, you may ignore it."),
            ]
        case "received":
            return _("Application received"), [
                _("We have received your application %(number)s. You will hear from us.") % facts
            ]
        case "asked":
            return _("Please complete your application"), [
                _("Something is missing in your application %(number)s:") % facts,
                application.asked_for,
            ]
        case "message":
            return _("A message about your application"), [
                _("The office writes about your application:"),
                message.text if message else "",
            ]
        case "rejected":
            return _("Your application was not admitted"), [
                _("Your application %(number)s does not take part in the giving of places.") % facts,
                _("The reason: %(reason)s") % {"reason": application.rejection_reason},
            ]
        case "reminder":
            return _("Please confirm your place"), [_deadline(application)]
        case "given_back":
            return _("Your place was given back"), [
                _("The place that you were offered was not confirmed in time. It now goes to somebody else.")
            ]
        case "appeal":
            return _("Your appeal is answered"), [
                _("The office has answered your appeal. Read it on your page.")
            ]
    return _decision(application)


def _decision(application: Application) -> tuple[str, list[str]]:
    award = award_of(application)
    if award is not None and award.place is not None:
        said = _("You are offered a place: %(host)s.") % {"host": award.place.host.name}
        if application.state == ApplicationState.PLACED:
            return _("You are offered a place"), [said, _deadline(application), _appeal(application)]
        return _("The decision about your application"), [said, _appeal(application)]
    return _("The decision about your application"), [
        no_place_sentence(award.reasons if award else ()),
        _("Your page shows for each wish what decided."),
        _appeal(application),
    ]


def _deadline(application: Application) -> str:
    until = application.answer_by
    return (
        _("Confirm or decline it until %(day)s; after that it goes to somebody else.")
        % {"day": date_format(timezone.localtime(until), "DATETIME_FORMAT")}
        if until
        else ""
    )


def _appeal(application: Application) -> str:
    until = appeal_until(application)
    return (
        _("You may appeal until %(day)s.")
        % {"day": date_format(timezone.localtime(until), "DATETIME_FORMAT")}
        if until
        else ""
    )
