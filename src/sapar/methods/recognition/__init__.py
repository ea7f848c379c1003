"""Recognition of marks and credits earned elsewhere. The original is never altered.

Read a mark:      `GradeScale.band(mark)`; `pick_scale(scales, holder=, on=)`, `scale_of("UZ", on=)`
Convert a mark:   `convert_by_distribution(mark, source, target, rule=Rule.MID)`, `conversion_table(...)`,
                  `modified_bavarian(mark, best=, lowest_pass=)`, `linear(...)`, `FixedTable.convert(mark)`,
                  `pass_or_fail(mark, scale)`; all return `Conversion` (method, table, version, source, rule,
                  overlaps, reasons; `.plain()` for storage)
A whole column:   `convert_column(marks, convert)` returns `Column`
Credits:          `convert_credits(credits, factor, rounding=Rounding(...), chosen=)`, `pick_factor(...)`,
                  `factors_between(...)`
Means:            `weighted_mean([(points, credits), ...])`, `weighted_means(...)` for many people
n:m components:   `component_balance(studied, required, links)` returns `Balance`
Shipped, sourced: `shipped_scales()`, `shipped_tables()`, `shipped_factors()`

Sources: ECTS Users' Guide 2015; KMK's modified Bavarian formula; the page named in each scale, table, factor.
"""

from sapar.methods.recognition.averages import Mean, weighted_mean, weighted_means
from sapar.methods.recognition.components import Balance, Component, Link, LinkBalance, component_balance
from sapar.methods.recognition.conversion import (
    Column,
    Conversion,
    FixedTable,
    Method,
    Overlap,
    Reason,
    TableRow,
    convert_column,
    linear,
    modified_bavarian,
    pass_or_fail,
)
from sapar.methods.recognition.credits import (
    CreditConversion,
    CreditFactor,
    convert_credits,
    factors_between,
    pick_factor,
)
from sapar.methods.recognition.distribution import (
    GradeDistribution,
    Rule,
    conversion_table,
    convert_by_distribution,
)
from sapar.methods.recognition.rounding import Rounding, Ties, nearest, number
from sapar.methods.recognition.scales import Band, GradeScale, Kind, pick_scale
from sapar.methods.recognition.shipped import (
    UNSOURCED,
    refuse_unsourced,
    scale_of,
    shipped_factors,
    shipped_scale,
    shipped_scales,
    shipped_tables,
)

__all__ = [
    "UNSOURCED",
    "Balance",
    "Band",
    "Column",
    "Component",
    "Conversion",
    "CreditConversion",
    "CreditFactor",
    "FixedTable",
    "GradeDistribution",
    "GradeScale",
    "Kind",
    "Link",
    "LinkBalance",
    "Mean",
    "Method",
    "Overlap",
    "Reason",
    "Rounding",
    "Rule",
    "TableRow",
    "Ties",
    "component_balance",
    "conversion_table",
    "convert_by_distribution",
    "convert_column",
    "convert_credits",
    "factors_between",
    "linear",
    "modified_bavarian",
    "nearest",
    "number",
    "pass_or_fail",
    "pick_factor",
    "pick_scale",
    "refuse_unsourced",
    "scale_of",
    "shipped_factors",
    "shipped_scale",
    "shipped_scales",
    "shipped_tables",
    "weighted_mean",
    "weighted_means",
]
