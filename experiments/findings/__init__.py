"""What comparisons find, in sentences: effect, interval, mechanism, and what made them."""
