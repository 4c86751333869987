"""What an operator may change without a programmer."""
