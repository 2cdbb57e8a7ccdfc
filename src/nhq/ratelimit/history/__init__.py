"""Recorded histories: their columns, how they are read, merged and written."""
