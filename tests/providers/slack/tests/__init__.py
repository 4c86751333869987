"""What the look-alike Slack promises to those who test against it."""
