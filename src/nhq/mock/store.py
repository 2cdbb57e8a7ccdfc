"""The state of the mock: records by id, and rows that order each list.

A row is `(*rank, id)`; rows sorted ascending stand in the order they are listed, so the newest comes first with
rank `(-seconds, -number)`, the oldest first with `(seconds, number)`. `number` counts insertions and breaks ties.
"""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable
from hashlib import blake2b
from typing import NamedTuple

from nhq.mock.wire_records import (
    Account,
    Campaign,
    CampaignLead,
    Conversation,
    Lead,
    LeadList,
    Message,
    Override,
    Setup,
)

Row = tuple[float, int, str]


class Pending(NamedTuple):
    """A message that was accepted and has not shown up yet; it will at `due`."""

    due: float
    sent: float
    conversation: str
    message: Message


def newest_first(moment: float, number: int, ident: str) -> Row:
    """A row that sorts later moments first, and among equals the last inserted one."""
    return (-moment, -number, ident)


def oldest_first(moment: float, number: int, ident: str) -> Row:
    """A row in the order of time, and among equals in the order of insertion."""
    return (moment, number, ident)


class Store:
    """All records of all workspaces. A snapshot is a `copy`."""

    def __init__(self, seed: int, workspaces: tuple[str, ...] = ()) -> None:
        self.seed = seed
        self.number = 0
        self.workspaces = workspaces
        self.names: dict[str, str] = {}
        self.owner: dict[str, str] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.setups: dict[str, Setup] = {}
        self.campaign_leads: dict[str, CampaignLead] = {}
        self.enrolled: dict[tuple[str, str], str] = {}
        self.overrides: dict[tuple[str, str], dict[tuple[str, str], Override]] = {}
        self.accounts: dict[str, Account] = {}
        self.lists: dict[str, LeadList] = {}
        self.list_names: dict[str, set[str]] = {}
        self.leads: dict[str, Lead] = {}
        self.lists_of: dict[str, tuple[str, ...]] = {}
        self.lead_keys: dict[str, dict[str, str]] = {}
        self.conversations: dict[str, Conversation] = {}
        self.messages: dict[str, Message] = {}
        self.pending: tuple[Pending, ...] = ()
        self.credits: dict[str, int] = {}
        self.flags: dict[str, str] = {}
        self.failing_imports: frozenset[str] = frozenset()
        self.rows: dict[tuple[str, str], list[Row]] = {}

    def copy(self) -> "Store":
        """An independent store with the same records. Records are frozen, so only containers are copied."""
        twin = Store(self.seed)
        for name, value in vars(self).items():
            setattr(twin, name, value.copy() if isinstance(value, dict) else value)
        twin.list_names = {workspace: names.copy() for workspace, names in self.list_names.items()}
        twin.rows = {place: rows.copy() for place, rows in self.rows.items()}
        return twin

    def number_on(self, number: int) -> None:
        """The insertion number that was given last."""
        self.number = number

    def hold_pending(self, pending: Iterable[Pending]) -> None:
        """Set the messages that are still to be delivered."""
        self.pending = tuple(pending)

    def fail_imports_of(self, url: str) -> None:
        """Let imports of this profile URL fail."""
        self.failing_imports = frozenset({url})

    def next_number(self) -> int:
        """The next insertion number; never the same twice."""
        self.number += 1
        return self.number

    def new_id(self, kind: str, number: int) -> str:
        """An opaque id that follows from the seed, the kind and the insertion number alone."""
        return f"{kind}_{blake2b(f'{self.seed}:{kind}:{number}'.encode(), digest_size=10).hexdigest()}"

    def remember_names(self, workspace: str, names: Collection[str]) -> None:
        """Note the names of a workspace's lists."""
        self.list_names.setdefault(workspace, set()).update(names)

    def remember_key(self, key: str, workspace: str, lead: str) -> None:
        """Note the lead of a workspace that a de-duplication key refers to."""
        self.lead_keys[key] = {**self.lead_keys.get(key, {}), workspace: lead}

    def listed(self, kind: str, parent: str) -> list[Row]:
        """The rows of one list, in order; `parent` is a workspace, list, campaign or conversation."""
        return self.rows.get((kind, parent), [])

    def insert(self, kind: str, parent: str, row: Row) -> None:
        """Insert a row in order."""
        insort(self.rows.setdefault((kind, parent), []), row)

    def insert_all(self, kind: str, parent: str, rows: Collection[Row]) -> None:
        """Insert many rows in order, in one pass; rows at the front of a list cost less."""
        listed = self.rows.setdefault((kind, parent), [])
        behind = listed[0] if listed else None
        listed[:0] = new = sorted(rows)
        if new and behind is not None and behind < new[-1]:
            listed.sort()

    def remove(self, kind: str, parent: str, row: Row) -> None:
        """Remove a row that is known to exist."""
        rows = self.rows[(kind, parent)]
        del rows[bisect_left(rows, row)]
