"""What an operator sees of running processes beyond the database: spans, errors, figures."""
