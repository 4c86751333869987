"""What the `tidings` command can do, a file a noun."""
