"""Choices about keys: how a token is read, and what callers without a valid one are told."""

from collections.abc import Sequence

from nhq.mutation.variants.variant import variants_of_area

take = variants_of_area("auth")

OUTSIDE = ("unknown_path", "wrong_method")
BY_ADDRESS = ("name", "limit", "key", "scope", "prefer", "body", "exists", "act")
USUAL = ("key", "limit", "scope", "prefer", "body", "exists", "act")


def _exact(header: str | None) -> str | None:
    """The token behind `Bearer` and one blank, and nothing else."""
    scheme, _, token = (header or "").partition(" ")
    return token if scheme == "Bearer" and token and " " not in token else None


def _outside_first(operation: str) -> Sequence[str]:
    """What the contract doesn't know is not found, whoever asks."""
    return ("act",) if operation in OUTSIDE else USUAL


VARIANTS = (
    take(
        "takes-bearer-in-its-own-case-alone",
        "The scheme must be written `Bearer`, with one blank behind it.",
        "bearer-spelling",
        "`Bearer` alone",
        read_token=_exact,
    ),
    take(
        "limits-callers-without-a-key",
        "Callers without a valid key share one allowance, and are told 429 before 401 when it is used up.",
        "limit-by-address",
        "429 by address",
        stages=lambda operation: BY_ADDRESS,
    ),
    take(
        "counts-401-against-a-revoked-key",
        "A revoked key has a window like any other: its 401s count, and beyond them it is told 429.",
        "counted-answers",
        "401s count",
        stages=lambda operation: BY_ADDRESS,
    ),
    take(
        "tells-anyone-that-a-path-is-unknown",
        "404 and 405 for what the contract doesn't know come before any look at the key.",
        "unknown-route",
        "404 or 405 before 401",
        stages=_outside_first,
    ),
)
