"""Real processes under load, harmed on purpose; a checker written apart decides whether anything was lost."""
