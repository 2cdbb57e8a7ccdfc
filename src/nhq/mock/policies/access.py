"""Who may call what, and in which order a request is judged."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from nhq.mock.api_keys import Key
from nhq.mock.store import Store


class Race(NamedTuple):
    """Requests to one operation look at the store up to `seconds` before they write. `over`: they write lists whole."""

    seconds: float
    over: bool = False


STAGES = ("key", "limit", "scope", "prefer", "body", "exists", "act")


def stages(operation: str) -> tuple[str, ...]:
    """The order of judgement: 401, 429, 403, 400, 404, and only then what the operation does."""
    return STAGES


def read_token(header: str | None) -> str | None:
    """The key in an Authorization header; None unless it is the scheme Bearer and exactly one token."""
    parts = (header or "").split()
    return parts[1] if len(parts) == 2 and parts[0].lower() == "bearer" else None


def find_key(operation: str, known: Mapping[str, Key], token: str | None) -> Key | None:
    """Whose key a token is: exactly that one's."""
    return known.get(token) if token is not None else None


def key_valid(operation: str, key: Key | None) -> bool:
    """A key opens the door when it is known and not revoked."""
    return key is not None and not key.revoked


def scope_allows(operation: str, scopes: frozenset[str], required: str) -> bool:
    """The one scope an operation names must be held; no scope includes another."""
    return required in scopes


def required_scope(operation: str, scope: str) -> str:
    """The scope an operation asks for: the one its description names."""
    return scope


def visible(operation: str, workspace: str, owner: str | None) -> bool:
    """A record exists for its own workspace only."""
    return owner == workspace


def takes_id(operation: str, what: str, exists: bool, own: bool) -> bool:
    """Whether an id in a path, of a campaign say, is good: when it is that of a record of the workspace."""
    return own


def listed_workspaces(
    operation: str, workspace: str, every: tuple[str, ...], filtered: Collection[str]
) -> tuple[str, ...]:
    """The workspaces whose records a list shows, with filters of these names or without: the key's own."""
    return (workspace,)


def home(operation: str, workspace: str) -> str:
    """The workspace that a new record belongs to."""
    return workspace


def delay(operation: str) -> float:
    """Seconds that pass before a request is looked at: none."""
    return 0.0


def meanwhile(operation: str, workspace: str, store: Store, now: float) -> None:
    """What becomes of the store by nobody's request, before an operation looks at it: nothing."""


def lag(operation: str) -> float:
    """Seconds between reading the limiter's counter and writing it: none."""
    return 0.0


def race(operation: str, body: bytes) -> Race | None:
    """How far looking and writing lie apart for a request of this body: nowhere, it is done at once."""
    return None
