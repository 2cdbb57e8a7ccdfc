"""What a valid key and its scopes entitle a client to, checked on every exchange."""

from collections.abc import Iterator

from nhq.checks.context import CheckContext, judges
from nhq.model import Observation


@judges("AUTH-VALID")
def valid_key_is_known(seen: CheckContext) -> Iterator[Observation]:
    """«401 when the key is absent, malformed, or revoked»: a valid key is none of these."""
    identity = seen.exchange.identity
    if identity is not None and not identity.revoked:
        yield seen.judged("AUTH-VALID", seen.status != 401, "no 401 for a valid key", "401")


@judges("SCOPE-SUFFICIENT")
def scope_is_enough(seen: CheckContext) -> Iterator[Observation]:
    """«403 when the key is missing the scope it requires»: a key that has it may read, whatever other scopes it has.

    Reports violations only: that one scope alone suffices is shown by a scenario whose key has no other.
    """
    identity = seen.exchange.identity
    if identity is None or identity.revoked or seen.operation.method != "GET":
        return
    if seen.status == 403 and seen.operation.scope in identity.scopes:
        yield seen.broken("SCOPE-SUFFICIENT", f"let in with {seen.operation.scope}", "403", "status")
