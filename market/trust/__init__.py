"""Trust: what zones believe of chargers and batteries."""
