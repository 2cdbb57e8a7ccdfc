"""Requests by operation: valid ones to whatever ids are given, and ids that exist nowhere.

What these write carries `MARK`, so that people find and remove what a run on a live target created.
"""

import random
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from nhq.client.nonce import MARK, Chance
from nhq.errors import PreconditionNotMet
from nhq.scenarios.inventory import Inventory, Row, first_row

_KINDS = {"campaign_id": "campaigns", "lead_id": "leads", "lead_list_id": "lists", "conversation_id": "conversations"}
_LISTS = {
    "campaign_id": "list_campaigns",
    "lead_id": "list_leads",
    "lead_list_id": "list_lead_lists",
    "conversation_id": "list_conversations",
}
_DIGITS, _HEX, _LOWER, _UPPER = (
    "0123456789",
    "0123456789abcdef",
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHJKLMNPQRSTUVWXYZ",
)
_TAIL = 10


def unique_word(rng: random.Random) -> str:
    """A lower-case word that the target doesn't contain; it carries the run's nonce."""
    nonce = rng.nonce if isinstance(rng, Chance) else ""
    return MARK + nonce + "".join(rng.choice(_LOWER) for _ in range(12))


def valid_body(operation: str, word: str) -> Any:
    """A valid body for an operation, its texts built from `word`; None where it has none."""
    person = {"first_name": "Nhq", "last_name": word, "linkedin_url": f"https://www.linkedin.com/in/{word}"}
    override = {"node_type": "send_message", "message_stage": "ice_breaker", "message": word}
    bodies: dict[str, Any] = {
        "run_campaign_action": {"action": "pause"},
        "save_message_overrides": {"messages": [override]},
        "create_lead_lists": {"lead_lists": [{"name": word}]},
        "import_leads": person,
        "send_message": {"content": word},
    }
    return bodies.get(operation)


def path_parameters(path: str) -> list[str]:
    """The names in a path template, in order."""
    return re.findall(r"\{(\w+)\}", path)


def real_path(world: Inventory, path: str) -> dict[str, str]:
    """Ids of things that a workspace holds, for a path template. Raises PreconditionNotMet where it holds none."""
    return {name: _first(world, name) for name in path_parameters(path)}


def absent_path(world: Inventory, path: str, rng: random.Random) -> dict[str, str]:
    """Ids that exist nowhere, in the form of those that do, as far as these can be read, for a path template."""
    return {name: absent_id(_legible_ids(world, name), rng) for name in path_parameters(path)}


def _legible_ids(world: Inventory, name: str) -> list[str]:
    with suppress(PreconditionNotMet):
        return known_ids(world, name)
    return []


def absent_id(known: Sequence[str], rng: random.Random) -> str:
    """An id like the first of `known`, but none of them: its last letters and digits are replaced."""
    pattern = known[0] if known else "00000000-0000-4000-8000-000000000000"
    for _ in range(100):
        candidate = alter_id(pattern, rng)
        if candidate not in known:
            return candidate
    return pattern + "9"


def alter_id(pattern: str, rng: random.Random) -> str:
    """The same text with its last letters and digits replaced by others of their kind; a short one grows.

    Numbers of up to nine digits may be counted, so that another of as many digits may well exist.
    """
    tail = pattern[-_TAIL:]
    pool = _HEX if re.fullmatch(r"[0-9a-f-]*", tail) and not tail.isdigit() else ""
    swapped = "".join(_other(letter, pool, rng) for letter in tail)
    longer = may_be_counted(pattern) and len(pattern) >= 6
    return ("1" if longer else "") + pattern[:-_TAIL] + swapped + ("0" * 3 if len(pattern) < 6 else "")


def _other(letter: str, pool: str, rng: random.Random) -> str:
    if not letter.isascii() or not letter.isalnum():
        return letter
    if letter.isdigit():
        return rng.choice(pool or _DIGITS)
    return rng.choice(pool or (_LOWER if letter.islower() else _UPPER))


def known_ids(world: Inventory, name: str) -> list[str]:
    """The ids a workspace is known to hold, for one path parameter."""
    return [str(row["id"]) for row in _rows(world, name)]


def foreign_path(world: Inventory, path: str) -> dict[str, str]:
    """Ids of the other workspace for a path template. Raises PreconditionNotMet where the own one holds the same ids.

    No sentence makes ids unique beyond a workspace and a kind.
    """
    ids = real_path(world.foreign, path)
    for name, value in ids.items():
        if may_hold(world, name, value):
            raise PreconditionNotMet("both workspaces use the same ids")
    return ids


def may_hold(world: Inventory, name: str, ident: str) -> bool:
    """May a workspace hold a thing by this id?

    If its list was too long to be read completely, numbers that may be sequential are assumed to be so.
    """
    return ident in known_ids(world, name) or (may_be_counted(ident) and _LISTS.get(name) in world.cut)


def may_be_counted(ident: str) -> bool:
    """Could an id be a sequential number?"""
    return ident.isdigit() and len(ident) < _TAIL


def row_identity(row: Row) -> tuple[str, ...]:
    """What distinguishes a row from another workspace's row with the same id, even one seeded at the same instant."""
    names = ["id", "created_at", "createdAt", "name", "workspace_name"]
    names += ["linkedin_url", "profile_url", "linkedin_conversation_id"]
    return tuple(str(row.get(name)) for name in names)


def only_foreign(world: Inventory, name: str, ident: str) -> bool:
    """Does an id name a thing of the other workspace, and nothing else in the own one?"""
    theirs = {row_identity(row) for row in _rows(world.foreign, name) if str(row["id"]) == ident}
    own = {row_identity(row) for row in _rows(world, name) if str(row["id"]) == ident}
    return bool(theirs) and own <= theirs


def _first(world: Inventory, name: str) -> str:
    return str(first_row(_rows(world, name), f"{_KINDS.get(name, name)} in workspace {world.workspace}")["id"])


def _rows(world: Inventory, name: str) -> list[Row]:
    """What a path parameter names: of a kind that we know, or what the list at the path before it shows."""
    found: list[Row] = getattr(world, _KINDS[name]) if name in _KINDS else world.shown_for(name)
    return found
