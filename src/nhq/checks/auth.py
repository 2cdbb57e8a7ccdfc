"""What a valid key is owed, seen on every exchange."""

from collections.abc import Iterator

from nhq.checks.seen import Seen, judges
from nhq.model import Observation


@judges("AUTH-VALID")
def valid_key_is_known(seen: Seen) -> Iterator[Observation]:
    """«401 when the key is absent, malformed, or revoked»: a valid key is none of these."""
    identity = seen.exchange.identity
    if identity is not None and not identity.revoked:
        yield seen.judged("AUTH-VALID", seen.status != 401, "no 401 for a valid key", "401")
