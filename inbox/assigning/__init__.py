"""What the loop that assigns does, one step a file."""
