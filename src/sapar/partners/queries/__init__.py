"""Questions about partnerships and agreements, split by noun."""

from sapar.partners.queries.agreements import (
    agreed_conditions,
    agreements_in_force,
    agreements_of,
    content_of,
    current_version,
    digest_of,
    draft_parts,
    ending_before,
    is_intact,
    open_obligations,
    parties_of,
    snapshot_of,
    steps_waiting_for,
    version_for_partner,
    waiting_step,
)
from sapar.partners.queries.partnerships import partners_listed, partners_to_choose, partnerships_of

__all__ = [
    "agreed_conditions",
    "agreements_in_force",
    "agreements_of",
    "content_of",
    "current_version",
    "digest_of",
    "draft_parts",
    "ending_before",
    "is_intact",
    "open_obligations",
    "parties_of",
    "partners_listed",
    "partners_to_choose",
    "partnerships_of",
    "snapshot_of",
    "steps_waiting_for",
    "version_for_partner",
    "waiting_step",
]
