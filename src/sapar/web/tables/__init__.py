"""Lists of records: declared once, then filtered, sorted, saved, exported and printed alike everywhere."""

from sapar.web.tables.filters import Choice, Dates, Filter, Flag, Words
from sapar.web.tables.page import ListPage, answer_list
from sapar.web.tables.spec import BulkAction, Column, ListSpec
from sapar.web.tables.ticked import ticked_ids

__all__ = [
    "BulkAction",
    "Choice",
    "Column",
    "Dates",
    "Filter",
    "Flag",
    "ListPage",
    "ListSpec",
    "Words",
    "answer_list",
    "ticked_ids",
]
