"""The words for what every list of an office may have wrong; codes of `sapar.partners.rows`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sapar.core.cells import Table

SHARED: Table = {
    "too_long": (_("is too long"), _("Shorten it.")),
    "failed_formula": (_("is a formula that failed"), _("Write the value, or empty the cell.")),
    "no_country": (_("is no country that we know"), _("Write the country's name or its two letters.")),
    "no_date": (_("is no day and no year"), _("Write a day like 05.03.2027, or a year.")),
    "no_email": (_("is no e-mail address"), _("Correct it or empty the cell.")),
}
