"""The customer's own page: what they get from us, where, when, and how to stop it."""
