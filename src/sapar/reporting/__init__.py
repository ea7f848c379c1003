"""Reports whose figures open the records behind them, and releases that freeze them."""
