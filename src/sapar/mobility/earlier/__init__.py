"""Lists of stays of earlier years: what their columns mean, what their rows say."""
