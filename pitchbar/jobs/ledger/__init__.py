"""The rows: enqueue, claim, end, sweep, trim, count, and what operators do to them."""
