"""What was known of each customer at a cut-off: from the warehouse to arrays."""
