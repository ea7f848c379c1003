"""What the directory refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sapar.core.errors import DomainError


class AlreadyMerged(DomainError):
    template = _("“%(name)s” was already merged into “%(into)s”.")


class MergeIntoItself(DomainError):
    template = _("“%(name)s” cannot be merged into itself or into one that was merged into it.")


class IdentifierTaken(DomainError):
    template = _("The identifier %(value)s already belongs to “%(name)s”.")


class NameMissing(DomainError):
    template = _("A person needs at least one name, spelled as in the passport.")
    status = 422


class MixedScript(DomainError):
    template = _("“%(name)s” mixes Latin and Cyrillic letters: look at “%(letters)s”.")
    status = 422


class NotMerged(DomainError):
    template = _("“%(name)s” stands for itself: there is nothing to separate.")


class UnitCodeTaken(DomainError):
    template = _("The code %(code)s already belongs to “%(name)s”.")


class UnitInsideItself(DomainError):
    template = _("“%(name)s” cannot be a part of itself.")
    status = 422


class CoursesUnreadable(DomainError):
    template = _("The list of courses cannot be taken: %(reason)s")
    status = 422
