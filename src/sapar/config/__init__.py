"""Settings, root addresses, start of the server and its workers."""
