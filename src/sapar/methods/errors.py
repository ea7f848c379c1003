"""How a method refuses: a code that a program can test and the facts a person needs.

The words are found by whoever shows the refusal; `str()` gives plain English for a notebook.
"""

from __future__ import annotations

Scalar = str | int | float | bool | None
Fact = Scalar | tuple[Scalar, ...]


class MethodError(ValueError):
    """Input that a method refuses.

    Attributes:
        code: stable, lower-case, dotted by the method's name: ``"surveys.lonely_psu"``.
        facts: what the refusal is about; names and numbers only, never sentences.
    """

    def __init__(self, code: str, message: str, /, **facts: Fact) -> None:
        super().__init__(message.format(**facts))
        self.code = code
        self.facts: dict[str, Fact] = facts
