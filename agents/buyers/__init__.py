"""What buyers of cars weigh: choice, valuation, holding, waiting, neighbors, trust, proof."""
