"""Customers, orders and birthdays from files: read, shown, checked, kept, and refused with a reason."""
