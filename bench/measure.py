"""What one measurement is, and how it is taken."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One line of the table of benchmarks.

    `seconds` is the median of `runs`; `peer_seconds` was taken in the same run on the same machine;
    `checked` says how the two answers were compared; `met` is None where there is no target.
    """

    work: str
    size: str
    target: str
    seconds: float
    runs: int
    met: bool | None
    peer: str = ""
    peer_seconds: float | None = None
    checked: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return None if self.peer_seconds is None else self.peer_seconds / self.seconds


def median_seconds(work: Callable[[], object], *, runs: int = 5, warm_up: int = 1) -> float:
    """Median wall-clock seconds of `runs` calls after `warm_up` uncounted ones."""
    for _ in range(warm_up):
        work()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def peak_memory_mb() -> float:
    """Largest resident size of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
