"""Faults of the three rate-limit headers."""

from nhq.faults.fault import Around, family

plant = family("headers")

FAULTS = (
    plant(
        "no-headers-on-404",
        "A 404 comes without the rate-limit headers.",
        "RL-HEADERS",
        quota_headers=Around(
            lambda true: lambda operation, status, quota: () if status == 404 else true(operation, status, quota)
        ),
    ),
)
