"""What the model takes as given: zones and their people, prices of fuels and lithium."""
