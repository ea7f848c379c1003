"""Charts drawn on the server as SVG: the same picture on the page, in the PDF and in the slides."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

INK, QUIET, ACCENT = "#1d1b18", "#6b655c", "#1f4e8c"


@lru_cache(maxsize=256)
def bars(rows: Sequence[tuple[str, float]], unit: str) -> str:
    """A horizontal bar for each row, labelled with its number; `rows` is a tuple of (name, value)."""
    import altair as alt  # heavy; only where a chart is drawn
    import vl_convert

    data = alt.InlineData(
        values=[{"name": name, "value": value, "at": at} for at, (name, value) in enumerate(rows)]
    )
    ticks = max(1, int(max(value for _name, value in rows)))
    base = alt.Chart(data).encode(
        y=alt.Y(
            "name:N",
            sort=alt.SortField("at"),
            axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=260),
        ),
        x=alt.X(
            "value:Q",
            axis=alt.Axis(title=unit, grid=False, format="d", tickCount=min(ticks, 8), domainColor=QUIET),
        ),
    )
    chart = (
        (
            base.mark_bar(color=ACCENT, height=14)
            + base.mark_text(align="left", dx=4, color=INK).encode(text="value:Q")
        )
        .properties(width=420, height=alt.Step(22))
        .configure(font="Inter, Noto Sans, sans-serif", background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK, titleColor=QUIET, labelFontSize=12, titleFontSize=11, titleFontWeight="normal"
        )
    )
    return str(vl_convert.vegalite_to_svg(chart.to_dict(), allowed_base_urls=[]))
