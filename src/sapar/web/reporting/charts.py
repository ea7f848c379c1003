"""Charts drawn on the server as SVG: the same picture on the page, in the PDF and in the slides."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

INK, QUIET, ACCENT = "#1d1b18", "#6b655c", "#1f4e8c"
# The whole picture, so that letters have one size in all of them; the narrow one is for a phone.
WIDE, NARROW = 520, 330


@lru_cache(maxsize=256)
def bars(rows: Sequence[tuple[str, float]], unit: str, *, narrow: bool = False) -> str:
    """A horizontal bar for each row, labelled with its number; `rows` is a tuple of (name, value).

    On a narrow chart the name stands above its bar and leaves it the whole width.
    """
    import altair as alt  # heavy; only where a chart is drawn
    import vl_convert

    data = alt.InlineData(
        values=[{"name": name, "value": value, "at": at} for at, (name, value) in enumerate(rows)]
    )
    base = alt.Chart(data).encode(y=_rows(narrow=narrow), x=_values(rows, unit))
    layers = base.mark_bar(color=ACCENT, height=14, yOffset=8 if narrow else 0) + base.mark_text(
        align="left", dx=4, dy=8 if narrow else 0, color=INK, fontSize=12
    ).encode(text="value:Q")
    if narrow:
        layers += base.mark_text(align="left", dy=-9, color=INK, fontSize=12, limit=NARROW - 20).encode(
            text="name:N", x=alt.value(0)
        )
    chart = (
        layers.properties(
            width=NARROW if narrow else WIDE,
            height=alt.Step(40 if narrow else 24),
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        )
        .configure(font="Inter, Noto Sans, sans-serif", background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK, titleColor=QUIET, labelFontSize=12, titleFontSize=12, titleFontWeight="normal"
        )
    )
    return str(vl_convert.vegalite_to_svg(chart.to_dict(), allowed_base_urls=[]))


def _rows(*, narrow: bool) -> Any:
    import altair as alt  # heavy; only where a chart is drawn

    axis = None if narrow else alt.Axis(title=None, domain=False, ticks=False, labelLimit=220, labelPadding=8)
    return alt.Y("name:N", sort=alt.SortField("at"), axis=axis)


def _values(rows: Sequence[tuple[str, float]], unit: str) -> Any:
    import altair as alt  # heavy; only where a chart is drawn

    most = max(value for _name, value in rows)
    return alt.X(
        "value:Q",
        # The number behind the longest bar has its place within the picture.
        scale=alt.Scale(domain=[0, most * 1.08 or 1], nice=False),
        axis=alt.Axis(
            title=unit, grid=False, format="d", tickCount=min(max(1, int(most)), 6), domainColor=QUIET
        ),
    )
