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
