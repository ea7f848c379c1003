"""Figures over many universities and years, away from the database of the work.

`export` writes tables without names to Parquet; `expressions` are asked of them by whatever engine Ibis
speaks to: DuckDB on one machine, a Spark-compatible cluster beyond it.
"""
