"""What partners refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

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
    template = _("%(count)s rows still need your decision.")


class ColumnMissing(DomainError):
    template = _("Say which column holds the name of the partner.")
    status = 422


class CannotUndo(DomainError):
    template = _("“%(name)s” already has agreements or exchanges and stays; take them away first.")
