"""The score of an application, kept with its parts."""

from __future__ import annotations

from sapar.mobility.models import Application
from sapar.mobility.scoring import score_of


def score(application: Application) -> None:
    """Set score and parts from the frozen facts and all reviews."""
    reviews = [review.points for review in application.reviews.all()]
    found = score_of(application.call.scoring, application.facts, reviews)
    application.score, application.score_parts = found.total, [part.plain() for part in found.parts]
