"""Scores of questionnaires and tests.

Keys as data:   `Item`, `Key(instrument=, edition=, page=, typed_by=, checked_by=, items=, ...)`; `Key.doubts`
                says what keeps a score from bearing the instrument's name
Scoring:        `score(key, answers)` returns `Scores` (`name` is "" and `draft` true while there are doubts)
Learning gain:  `learning_gain(before, after, best=, seed=)` returns `Gain` with percentile and BCa intervals;
                `match_people(before, after)` by person

No instrument is shipped: keys are typed from the page that the office has the right to use.
"""

from sapar.methods.scores.answers import Answers, Scores, score
from sapar.methods.scores.bootstrap import Interval, bca_interval, percentile_interval
from sapar.methods.scores.gain import Estimate, Gain, learning_gain, match_people
from sapar.methods.scores.keys import Combine, Doubt, Item, Key, Missing, MissingRule

__all__ = [
    "Answers",
    "Combine",
    "Doubt",
    "Estimate",
    "Gain",
    "Interval",
    "Item",
    "Key",
    "Missing",
    "MissingRule",
    "Scores",
    "bca_interval",
    "learning_gain",
    "match_people",
    "percentile_interval",
    "score",
]
