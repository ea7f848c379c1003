"""What partners does about the facts of the directory."""

from __future__ import annotations

from sapar.core.announce import joins
from sapar.directory.facts import OrganisationSeparated, OrganisationsMerged
from sapar.directory.models import Merger
from sapar.partners.services.mergers import follow_merger, follow_separation


@joins(OrganisationsMerged)
def organisations_were_merged(fact: OrganisationsMerged) -> None:
    follow_merger(Merger.objects.select_related("duplicate", "into").get(pk=fact.merger_id))


@joins(OrganisationSeparated)
def organisation_was_separated(fact: OrganisationSeparated) -> None:
    follow_separation(Merger.objects.select_related("duplicate", "into").get(pk=fact.merger_id))
