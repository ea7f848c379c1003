"""Lists of stays of earlier years: bring, columns, universities, look, take, undo."""
