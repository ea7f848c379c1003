"""What reporting refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sapar.core.errors import DomainError


class ReportTampered(DomainError):
    template = _(
        "The stored figures do not match the digest of this release. Do not use it; tell the administrator."
    )


class NotReleased(DomainError):
    template = _("Only a released report is issued as a paper.")


class WithdrawalUnexplained(DomainError):
    template = _("Say why the report is withdrawn: whoever has the paper will ask.")
    status = 422
