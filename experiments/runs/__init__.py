"""One run: simulated, stored, with what made it."""
