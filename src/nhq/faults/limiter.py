"""Faults of the limiter: whom it admits, and when."""

from nhq.faults.fault import family

plant = family("limiter")

FAULTS = (
    plant(
        "admits-a-61st",
        "One request beyond the limit is admitted in each window.",
        "RL-EXCEEDED",
        subtle="exact boundary",
        admit=lambda operation, now, start, window, count, limit: count <= limit,
    ),
)
