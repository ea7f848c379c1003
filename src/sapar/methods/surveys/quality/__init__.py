"""Quality of a survey: outcome rates, reliability of scales, careless answers, interviewer effects."""

from sapar.methods.surveys.quality.carelessness import (
    Speeding,
    StraightLining,
    speeding,
    straight_lining,
)
from sapar.methods.surveys.quality.interviewers import InterviewerEffect, interviewer_effect
from sapar.methods.surveys.quality.outcome_rates import (
    Dispositions,
    OutcomeRates,
    count_dispositions,
    disposition,
    outcome_rates,
)
from sapar.methods.surveys.quality.reliability import ItemStatistics, Reliability, cronbach_alpha

__all__ = [
    "Dispositions",
    "InterviewerEffect",
    "ItemStatistics",
    "OutcomeRates",
    "Reliability",
    "Speeding",
    "StraightLining",
    "count_dispositions",
    "cronbach_alpha",
    "disposition",
    "interviewer_effect",
    "outcome_rates",
    "speeding",
    "straight_lining",
]
