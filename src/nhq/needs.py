"""What a test may lack on a target, in codes that a record can hold, and what to write to give it that.

A code is a kind and a value: `scope leads:read`.
"""

from collections.abc import Callable, Iterable

SCOPE, ELSEWHERE, EFFECT, GIVEN, ONLY, KEY, DATA = "scope", "elsewhere", "effect", "given", "only", "key", "data"
REVOKED, TWIN = f"{KEY} revoked", f"{KEY} twin"
SECOND = f"{ELSEWHERE} "  # a key of a second workspace, whatever it may do

_KEYS = {"revoked": "a revoked key (revoked = true)", "twin": "a second key as wide as the first"}


def need_of_scope(scope: str, *, elsewhere: bool = False) -> str:
    """A key with that scope, of the main workspace or of another one."""
    return f"{ELSEWHERE if elsewhere else SCOPE} {scope}"


def need_of_lacking_scope(scope: str) -> str:
    """A key that lacks a scope: one with a single other one, so that it serves for all but two."""
    return f"{ONLY} {'leads:read' if scope != 'leads:read' else 'campaigns:read'}"


def of_message(message: str) -> tuple[str, ...]:
    """What "no …" says that the target doesn't have; nothing for any other message."""
    return (
        (f"{DATA} {message.removeprefix('no ').removesuffix(' on the target')}",) if message.startswith("no ") else ()
    )


def in_words(needs: Iterable[str]) -> list[str]:
    """What to add, one text for each kind: scopes go into one key."""
    found: dict[str, list[str]] = {}
    for need in sorted(needs):
        kind, _, value = need.partition(" ")
        found.setdefault(kind, []).append(value)
    return [text for kind, words in _WORDS.items() if kind in found for text in words(found[kind])]


def _scopes(scopes: list[str]) -> list[str]:
    return [f"a key with {' and '.join(scopes)}"]


def _elsewhere(scopes: list[str]) -> list[str]:
    named = [scope for scope in scopes if scope]
    return ["a key of a second workspace" + (f" with {' and '.join(named)}" if named else "")]


def _effects(effects: list[str]) -> list[str]:
    return [f"allow = [..., {', '.join(repr(effect) for effect in effects)}]"]


_WORDS: dict[str, Callable[[list[str]], list[str]]] = {
    SCOPE: _scopes,
    ELSEWHERE: _elsewhere,
    ONLY: lambda scopes: [f"a key with only {scope}" for scope in scopes],
    KEY: lambda kinds: [_KEYS[kind] for kind in kinds],
    EFFECT: _effects,
    GIVEN: lambda names: [f"{', '.join(names)} in [given]"],
    DATA: lambda things: [f"on the target: {thing}" for thing in things],
}
