"""The API: what a shop tells us of customers, orders and events."""
