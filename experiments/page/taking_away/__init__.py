"""What can be taken away from the living market, and the buttons that hand it over."""
