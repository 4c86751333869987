"""What agents can do, once, and its two faces."""
