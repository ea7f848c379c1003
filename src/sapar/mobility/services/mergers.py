"""Stays, places, visits and what is known about a host follow it when it is merged into another."""

from __future__ import annotations

from django.db import models

from sapar.directory.models import Merger
from sapar.directory.services.mergers import move_back, move_rows
from sapar.mobility.models import CallPlace, Equivalence, Exchange, GradeCounts, GroupVisit

FOLLOWING: tuple[tuple[type[models.Model], str], ...] = (
    (Exchange, "partner"),
    (CallPlace, "host"),
    (GroupVisit, "partner"),
    (Equivalence, "partner"),
)


def follow_merger(merger: Merger) -> None:
    for model, field in FOLLOWING:
        move_rows(merger, model, field)
    # Counts of marks that both had for one group stay apart: adding them up would invent a reference group.
    known = GradeCounts.objects.filter(organisation=merger.into)
    if not known.exists():
        move_rows(merger, GradeCounts, "organisation")


def follow_separation(merger: Merger) -> None:
    for model, field in FOLLOWING:
        move_back(merger, model, field)
    move_back(merger, GradeCounts, "organisation")
