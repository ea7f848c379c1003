"""Everything that is held about one person: what it is, how it is handed out, what becomes of it when it is erased."""
