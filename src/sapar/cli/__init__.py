"""`sapar`: the door of the shell. Method commands need no server and no database."""
