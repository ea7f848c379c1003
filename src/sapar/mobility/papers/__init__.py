"""What mobility's papers say."""
