"""Recorded histories: their columns; reading, merging and writing them."""
