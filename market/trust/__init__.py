"""Trust: beliefs of zones about chargers and batteries."""
