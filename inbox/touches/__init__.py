"""Writing first: planned, handed off and minded, once an occasion."""
