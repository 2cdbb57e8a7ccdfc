"""Cooperative scheduling of waiting tests: the scheduler and its pytest plugin."""
