"""Tables as offices keep them: CSV in any encoding they use, workbooks of any age with titles above the header.

Reading keeps every cell as the text a person saw, with its row number in the file, so that a refusal
can name row, column, value and reason. Nothing is guessed silently: what was assumed is in `Table`.
"""

from sapar.formats.tables.model import CellProblem, Note, RefusedRows, Row, Table, TableError
from sapar.formats.tables.reading import read_table
from sapar.formats.tables.values import FAILED_FORMULAS, Reader, ReaderWords, moved_problems, parse_date
from sapar.formats.tables.workbooks import is_workbook
from sapar.formats.tables.writing import csv_into, write_csv, write_xlsx, xlsx_into

__all__ = [
    "FAILED_FORMULAS",
    "CellProblem",
    "Note",
    "Reader",
    "ReaderWords",
    "RefusedRows",
    "Row",
    "Table",
    "TableError",
    "csv_into",
    "is_workbook",
    "moved_problems",
    "parse_date",
    "read_table",
    "write_csv",
    "write_xlsx",
    "xlsx_into",
]
