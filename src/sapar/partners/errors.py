"""What partners refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from sapar.core.errors import DomainError


class PartnerExists(DomainError):
    template = _("“%(name)s” is a partner already.")


class VersionFrozen(DomainError):
    template = _(
        "Version %(number)s was sent round and cannot be changed. Return it to draft: that makes a new version."
    )


class PlacesMissing(DomainError):
    template = _(
        "An agreement of the kind “%(kind)s” needs at least one row of places before it goes for approval."
    )


class NotYourStep(DomainError):
    template = _("The agreement waits for: %(waiting)s.")
    status = 403


class ContentChanged(DomainError):
    template = _("The agreement changed after you opened it. Read version %(number)s and answer again.")


class RemarkMissing(DomainError):
    template = _("Say in a remark what has to be changed.")
    status = 422


class SigningIncomplete(DomainError):
    template = _("Before the agreement comes into force it needs: %(missing)s.")
    status = 422


class UnknownField(DomainError):
    template = _("“%(code)s” is no four-digit field of ISCED-F 2013.")
    status = 422


class YearOutside(DomainError):
    template = _("The academic year %(year)s lies outside the agreement (%(span)s).")
    status = 422


class RowsUndecided(DomainError):
    template = ngettext_lazy(
        "%(count)s row still needs your decision.", "%(count)s rows still need your decision.", "count"
    )


class ColumnMissing(DomainError):
    template = _("Say which column holds the name of the partner.")
    status = 422


class ColumnTwice(DomainError):
    template = _("The column “%(column)s” is chosen for two things.")
    status = 422


class ListUnreadable(DomainError):
    template = _("The list “%(name)s” cannot be read: %(reason)s")
    status = 422


class CountryMissing(DomainError):
    template = _("Say in which country “%(name)s” is before you add it to the directory.")
    status = 422


class RowRejected(DomainError):
    template = _("Row %(number)s cannot be taken as it is: correct it in your list and bring it again.")


class NotACandidate(DomainError):
    template = _("This organisation is not in the directory of your office any more. Choose another one.")
    status = 422


class ChangedSinceImport(DomainError):
    template = _(
        "“%(name)s” was worked on after the import and stays. Nothing was undone; end that partnership by hand."
    )


class CannotUndo(DomainError):
    template = _("“%(name)s” already has agreements or exchanges and stays; take them away first.")


class RouteEmpty(DomainError):
    template = _("Choose at least one station of the route.")
    status = 422


class NumberTaken(DomainError):
    template = _("The number %(number)s already belongs to “%(title)s”.")


class AlreadyInForce(DomainError):
    template = _("The agreement is in force already, under the number %(number)s.")


class EndsBeforeItBegins(DomainError):
    template = _("The agreement would end on %(ends)s, before it begins on %(starts)s.")
    status = 422


class NotFrozen(DomainError):
    template = _("The paper to sign is made when all have approved; until then there is a draft.")


class Tampered(DomainError):
    template = _("The stored content of version %(number)s is not what was approved. Tell the administrator.")


class ObligationDone(DomainError):
    template = _("“%(text)s” was done on %(day)s already.")


class HasSuccessor(DomainError):
    template = _("“%(title)s” already continues this agreement.")


class SignedColumnMissing(DomainError):
    template = _("Say which columns hold the partner and a date of the agreement.")
    status = 422


class PartnerUnknown(DomainError):
    template = _("“%(name)s”: choose one of your partners or of the directory.")
    status = 422


class FacultyUnknown(DomainError):
    template = _("“%(name)s”: choose one of your own faculties.")
    status = 422


class NothingToTake(DomainError):
    template = _("No row of the list can be taken yet.")


class AgreementUsedSince(DomainError):
    template = _("Somebody worked on “%(title)s” since. Nothing was undone.")


class SignedOutside(DomainError):
    template = _(
        "“%(title)s” was taken from the office’s list: its paper was signed outside Sapar. Attach the scan instead."
    )


class ScansUnreadable(DomainError):
    template = _("“%(name)s” is no ZIP archive that can be read: %(reason)s")
    status = 422
