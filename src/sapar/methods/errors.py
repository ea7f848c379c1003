"""How a method refuses: a code that a program can test and the facts a person needs.

The words are found by whoever shows the refusal; `str()` gives plain English for a notebook.
"""

from __future__ import annotations

Scalar = str | int | float | bool | None
Fact = Scalar | tuple[Scalar, ...]
MOST_SHOWN = 20
MOST_BITS = 1_000


class MethodError(ValueError):
    """Input that a method refuses.

    Attributes:
        code: stable, lower-case, dotted by the method's name: ``"surveys.lonely_psu"``.
        facts: what the refusal is about; names and numbers only, never sentences.
    """

    def __init__(self, code: str, message: str, /, **facts: Fact) -> None:
        super().__init__(message.format(**{name: _shown(fact) for name, fact in facts.items()}))
        self.code = code
        self.facts: dict[str, Fact] = facts


def brief(value: object, *, quoted: bool = False) -> str:
    """A value as a refusal shows it, whatever it is: a number of ten thousand digits cannot be written."""
    try:
        return (repr(value) if quoted else str(value))[:80]
    except ValueError:
        return "…"


def _shown(fact: Fact) -> Scalar:
    """A list as a sentence has it; the facts keep all of what is too long to read."""
    if not isinstance(fact, tuple):
        # Python refuses to write out whole numbers of thousands of digits.
        return "…" if isinstance(fact, int) and fact.bit_length() > MOST_BITS else fact
    more = f" … and {len(fact) - MOST_SHOWN} more" if len(fact) > MOST_SHOWN else ""
    return ", ".join(str(_shown(one)) for one in fact[:MOST_SHOWN]) + more
