"""How well the model would have forecast: ``history`` makes forecasts, ``scores`` compares them with records."""
