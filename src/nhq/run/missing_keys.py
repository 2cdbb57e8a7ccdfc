"""Pure: which of the keys that the server refused a test would have used."""

from collections.abc import Iterable, Sequence

from nhq.client.target import Target
from nhq.model import Identity
from nhq.needs import ELSEWHERE, ONLY, SCOPE, TWIN, in_words


def refused_cause(needs: Sequence[str], target: Target) -> str:
    """Why a test can't run, where a refused key would have given it what it needs; "" where none would."""
    fitting = dict.fromkeys(key for need in needs for key in target.refused if _gives(key, need, target))
    return f"{_named(fitting)} refused; lacking: {', '.join(in_words(needs))}" if fitting else ""


def refused_scope(scope: str, target: Target) -> str:
    """Why nobody could ask an operation of a scope: all keys that open it were refused; "" where that isn't so."""
    fitting = [key for key in target.refused if scope in key.scopes and key.workspace == target.workspace]
    return "" if not scope or not fitting or target.holders(scope) else f"{_named(fitting)} refused"


def _gives(key: Identity, need: str, target: Target) -> bool:
    kind, _, scope = need.partition(" ")
    main = key.workspace == target.workspace
    if kind == ELSEWHERE:
        return not main and (not scope or scope in key.scopes)
    if kind == ONLY:
        return main and key.scopes == {scope}
    return main and (need == TWIN or (kind == SCOPE and scope in key.scopes))


def _named(keys: Iterable[Identity]) -> str:
    named = [f"{key.label} ({key.env})" for key in keys]
    return f"key {named[0]} was" if len(named) == 1 else f"keys {', '.join(named)} were"
