"""Names of people and institutions across Cyrillic and Latin: finding, sorting, comparing; never deriving.

Search       `search_key(text)`: store it in a column, compare with `LIKE search_key(query) + '%'`;
             `search_tokens(text)` for an index of words; `matches_prefix(query, text)`.
Validation   `mixed_script(text)`: words that mix look-alike letters, with their positions.
Suggestions  `latin_suggestions(text, language)`, `transliterate(text, system)`; a passport's is data.
Institutions `InstitutionIndex(records).match_all(queries) -> list[list[Candidate]]`; a `Candidate` has key, score,
             decision ("same" / "perhaps" / "different"), matched_name and coded reasons.
             `find_duplicate_institutions(records)`: pairs within one directory.
People       `parse_person_name(text)`; `compare_person_names(a, b)`; `compare_people(a, b)`;
             `find_duplicates(people)`, `link_people(left, right)`: pairs with score, decision and coded reasons.
Sorting      `collation_key(text, "ky")`, a str to be compared as bytes; alphabets in `ALPHABETS`.
"""

from sapar.methods.names.collation import ALPHABETS, collation_key
from sapar.methods.names.institutions import (
    Candidate,
    Decision,
    InstitutionIndex,
    InstitutionPair,
    InstitutionQuery,
    InstitutionRecord,
    find_duplicate_institutions,
    host,
)
from sapar.methods.names.keys import matches_prefix, search_key, search_tokens
from sapar.methods.names.people import (
    Duplicates,
    Identical,
    LeftOut,
    NameMatch,
    Person,
    PersonDecision,
    PersonMatch,
    PersonName,
    compare_people,
    compare_person_names,
    find_duplicates,
    link_people,
    parse_person_name,
    patronymic_stem,
)
from sapar.methods.names.reasons import Reason
from sapar.methods.names.scripts import MixedWord, mixed_script, script_of, script_runs
from sapar.methods.names.transliteration import SYSTEMS, System, latin_suggestions, transliterate

__all__ = [
    "ALPHABETS",
    "SYSTEMS",
    "Candidate",
    "Decision",
    "Duplicates",
    "Identical",
    "InstitutionIndex",
    "InstitutionPair",
    "InstitutionQuery",
    "InstitutionRecord",
    "LeftOut",
    "MixedWord",
    "NameMatch",
    "Person",
    "PersonDecision",
    "PersonMatch",
    "PersonName",
    "Reason",
    "System",
    "collation_key",
    "compare_people",
    "compare_person_names",
    "find_duplicate_institutions",
    "find_duplicates",
    "host",
    "latin_suggestions",
    "link_people",
    "matches_prefix",
    "mixed_script",
    "parse_person_name",
    "patronymic_stem",
    "script_of",
    "script_runs",
    "search_key",
    "search_tokens",
    "transliterate",
]
