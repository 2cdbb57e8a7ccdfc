"""Tests that wait let others go on: the scheduler, and its side of pytest."""
