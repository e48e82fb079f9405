"""Counter-based random streams: pure functions of seed, purpose, quarter and agent."""
