"""What agents see of touches: calendar, day, occasions, wording, report, one customer's ledger."""
