"""Names of people and institutions across Cyrillic and Latin: finding, sorting, comparing; never deriving.

Search       `search_key(text)`: store it in a column, compare with `LIKE search_key(query) + '%'`;
             `search_tokens(text)` for an index of words; `matches_prefix(query, text)`.
Validation   `mixed_script(text)`: words that mix look-alike letters, with their positions.
Suggestions  `latin_suggestions(text, language)`, `transliterate(text, system)`; a passport's is data.
Institutions `InstitutionIndex(records).match_all(queries) -> list[list[Candidate]]`; a `Candidate` has key, score,
             decision ("same" / "perhaps" / "different"), matched_name and coded reasons.
Sorting      `collation_key(text, "ky")`, a str to be compared as bytes; alphabets in `ALPHABETS`.
"""

from sapar.methods.names.collation import ALPHABETS, collation_key
from sapar.methods.names.institutions import (
    Candidate,
    Decision,
    InstitutionIndex,
    InstitutionQuery,
    InstitutionRecord,
    Reason,
    host,
)
from sapar.methods.names.keys import matches_prefix, search_key, search_tokens
from sapar.methods.names.scripts import MixedWord, mixed_script, script_of, script_runs
from sapar.methods.names.transliteration import SYSTEMS, System, latin_suggestions, transliterate

__all__ = [
    "ALPHABETS",
    "SYSTEMS",
    "Candidate",
    "Decision",
    "InstitutionIndex",
    "InstitutionQuery",
    "InstitutionRecord",
    "MixedWord",
    "Reason",
    "System",
    "collation_key",
    "host",
    "latin_suggestions",
    "matches_prefix",
    "mixed_script",
    "script_of",
    "script_runs",
    "search_key",
    "search_tokens",
    "transliterate",
]
