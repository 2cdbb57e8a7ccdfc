"""API keys: who calls, in which workspace, with which scopes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import blake2b

SCOPES = (
    "campaigns:read",
    "campaigns:write",
    "linkedin_accounts:read",
    "lead_lists:read",
    "lead_lists:write",
    "leads:read",
    "leads:write",
    "conversations:read",
    "conversations:write",
)


@dataclass(frozen=True, slots=True)
class Key:
    """One API key. `label` names it where the secret must not be shown."""

    label: str
    workspace: str
    scopes: frozenset[str]
    secret: str = field(repr=False)
    revoked: bool = False


class KeyRing:
    """All keys by secret."""

    def __init__(self, seed: int, keys: Iterable[Key] = ()) -> None:
        self.seed = seed
        self.by_secret = {key.secret: key for key in keys}

    def copy(self) -> "KeyRing":
        """An independent ring with the same keys."""
        return KeyRing(self.seed, self.by_secret.values())

    def issue(self, label: str, workspace: str, scopes: Iterable[str], *, revoked: bool = False) -> Key:
        """A new key whose secret follows from the seed and the label. Raises KeyError for a label in use."""
        if any(key.label == label for key in self.by_secret.values()):
            raise KeyError(label)
        secret = f"nhq_mock_{blake2b(f'{self.seed}:key:{label}'.encode(), digest_size=20).hexdigest()}"
        key = Key(label, workspace, frozenset(scopes), secret, revoked)
        self.by_secret[secret] = key
        return key

    def revoke(self, label: str) -> Key:
        """Mark a key as revoked. Raises KeyError for an unknown label."""
        for key in self.by_secret.values():
            if key.label == label:
                self.by_secret[key.secret] = replace(key, revoked=True)
                return self.by_secret[key.secret]
        raise KeyError(label)


def standard_keys(seed: int, scopes: Iterable[str] = SCOPES) -> KeyRing:
    """The keys every mock starts with: all scopes, none, revoked, one scope each, and another workspace's."""
    known = tuple(scopes)
    ring = KeyRing(seed)
    for label in ("full", "full_2", "full_3"):
        ring.issue(label, "alpha", known)
    ring.issue("none", "alpha", ())
    ring.issue("revoked", "alpha", known, revoked=True)
    for scope in known:
        ring.issue("only_" + re.sub(r"\W", "_", scope), "alpha", (scope,))
    ring.issue("beta_full", "beta", known)
    return ring
