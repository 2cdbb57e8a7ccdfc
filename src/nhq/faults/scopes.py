"""Faults of scopes: a key that opens what it shouldn't, or doesn't open what it should."""

from nhq.faults.fault import family

plant = family("scopes")

FAULTS = (
    plant(
        "write-scope-opens-reads",
        "The write scope of a resource opens its reads too.",
        "SCOPE-WRITE-NOT-READ",
        scope_allows=lambda operation, scopes, required: (
            required in scopes or required.replace(":read", ":write") in scopes
        ),
    ),
)
