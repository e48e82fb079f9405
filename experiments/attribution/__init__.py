"""Which parts of the model a difference between scenarios comes from."""
