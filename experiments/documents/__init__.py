"""Pages made from code and runs: evidence, gallery, parameters, scenarios."""
