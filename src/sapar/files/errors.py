"""What files refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sapar.core.errors import DomainError


class FileTooLarge(DomainError):
    template = _("“%(name)s” has %(size)s MB; files up to %(most)s MB are taken.")
    status = 413


class FileTypeRefused(DomainError):
    template = _("“%(name)s” is not one of the kinds of file taken here: %(taken)s.")
    status = 415


class FileDamaged(DomainError):
    template = _("“%(name)s” is empty or damaged.")
    status = 422


class FileNotStored(DomainError):
    template = _(
        "The store of files takes nothing at the moment. “%(name)s” was not saved; try again in a few minutes, "
        "and tell those who run Sapar if it goes on."
    )
    status = 503


class FileNotRead(DomainError):
    template = _(
        "“%(name)s” cannot be fetched at the moment: the store of files does not hand it out. Try again in a few "
        "minutes, and tell those who run Sapar if it goes on."
    )
    status = 503


class FileDangerous(DomainError):
    template = _("“%(name)s” was not taken: %(reason)s")
    status = 422


# By the codes of `sniffing.Danger`.
REASONS = {
    "bomb": _("unpacked, it would fill the server."),
    "entities": _(
        "its text refers to definitions of its own, as harmful files do. Save it anew in an office program."
    ),
    "macros": _("it holds a program (macros). Save it without macros."),
    "damaged": _("it is damaged, perhaps cut off on its way. Save it anew."),
    "locked": _("it is protected with a password. Save it without the password."),
    "controls": _("it holds controls that run a program (ActiveX). Save it without them."),
    "elsewhere": _(
        "when it is opened it fetches a part from another machine. Save it anew without the link."
    ),
    "dde": _("it holds a field that starts a program (DDE). Remove the field, or replace it by its text."),
    "chunks": _(
        "it takes in another document unseen when it is opened (altChunk). Open it in Word and save it anew."
    ),
    "two": _("it is two files in one. Save it anew."),
    "pixels": _("the picture is too large; up to 60 million pixels are taken."),
}


class LetterheadRefused(DomainError):
    template = _("“%(name)s” cannot be the letterhead: %(reason)s")
    status = 422


# By the codes of `letterhead.LetterheadError`.
LETTERHEAD_REASONS = {
    "damaged": _("it cannot be opened as a Word document."),
    "syntax": _("a gap is not written as {{ title }} is (%(found)s)."),
    "program": _("it holds more than gaps; loops, conditions and filters are not taken."),
    "unknown": _(
        "nobody knows how to fill %(found)s. Known gaps are content, title, number, date and issuer."
    ),
    "content": _("{{ content }} must stand in it once, alone in a paragraph that is in no table."),
}
