"""Giving the places of a call: dry runs, adoption, refill; confirmation and appeal."""

from sapar.mobility.services.placing.adoption import adopt_run
from sapar.mobility.services.placing.answers import (
    answer_appeal,
    appeal,
    confirm_place,
    decline_overdue,
    decline_place,
)
from sapar.mobility.services.placing.problems import problem_of
from sapar.mobility.services.placing.runs import (
    compute_run,
    run_placing,
    run_refill,
    start_placing,
    start_refill,
    verify_run,
)

__all__ = [
    "adopt_run",
    "answer_appeal",
    "appeal",
    "compute_run",
    "confirm_place",
    "decline_overdue",
    "decline_place",
    "problem_of",
    "run_placing",
    "run_refill",
    "start_placing",
    "start_refill",
    "verify_run",
]
