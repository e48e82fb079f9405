"""The explorer: one static page of every shipped scenario, kept runs behind it and an emulator of twelve levers."""
