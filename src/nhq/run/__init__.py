"""A run: execute tests, collect what they observe, and make one record."""
