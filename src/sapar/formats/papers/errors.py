"""What papers refuse."""

from __future__ import annotations


class LetterheadError(ValueError):
    """Not a letterhead; `code` is stable: `damaged`, `syntax`, `program`, `unknown`, `content`.

    `found` is what stands in the document: the reason of the syntax, or the gaps that nobody knows.
    """

    def __init__(self, code: str, found: str = "") -> None:
        super().__init__(f"{code}: {found}" if found else code)
        self.code, self.found = code, found
