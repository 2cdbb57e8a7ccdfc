"""Planted faults: the mock with one decision replaced. Judge and judged share no logic: rules are named by id only."""
