"""Proof and claims of sellers: what each tells buyers about its batteries or chargers."""
