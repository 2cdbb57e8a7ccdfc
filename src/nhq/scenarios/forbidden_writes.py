"""Forbidden writes, and how to check afterwards that they had no effect.

Each attempt is one that would succeed if it were allowed: a valid body, aimed at a thing in a fitting state. What it
changes is read back through the contract's own reads, with a key of the workspace it is aimed at.
"""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from nhq.client.api import Api, Crawl
from nhq.model import Exchange, Identity
from nhq.scenarios.inventory import Inventory, Row, first_row
from nhq.scenarios.payloads import unique_word, valid_body

Seen = tuple[bool, Exchange]
_TURNS = {"started": ("pause", "paused"), "paused": ("resume", "started")}  # by state: the action, the state after it


@dataclass(frozen=True, slots=True)
class Attempt:
    """`path` and `json` are for `api.call`; `happened` reads back: did it take effect, and which answer shows it.

    `renewed` gives another such attempt, which would succeed now; None where nobody else can have made the change:
    what is made carries a word of ours, or the target is ours alone. It raises PreconditionNotMet where nothing fits
    any more.
    """

    operation: str
    path: Mapping[str, str]
    happened: Callable[[], Seen]
    json: Any = None
    renewed: "Callable[[], Attempt] | None" = None

    @property
    def options(self) -> dict[str, Any]:
        """What to hand to `api.call`, but for the key."""
        return {"path": self.path, "json": self.json}


def forbidden_write(api: Api, world: Inventory, operation: str, rng: random.Random) -> Attempt:
    """A write that would succeed in the workspace of `world`.

    Raises PreconditionNotMet where that has nothing fitting.
    """
    return _ATTEMPTS[operation](_Reader(api, world), unique_word(rng))


def send_forbidden_write(api: Api, key: Identity | None, write: Attempt) -> Exchange:
    """Make an attempt with a key, or with none."""
    return api.call(write.operation, key=key, **write.options)


class _Reader:
    """Reads of one workspace, with its own keys."""

    def __init__(self, api: Api, world: Inventory) -> None:
        self.api, self.world = api, world

    @property
    def undisturbed(self) -> bool:
        """Does nobody else use the target?"""
        return self.api.target.undisturbed

    def campaigns(self) -> Crawl:
        """The workspace's campaigns as they stand now."""
        return self.api.crawl("list_campaigns", key=self.api.key("list_campaigns", self.world.workspace))

    def ok(self, operation: str, **options: Any) -> Exchange:
        return self.api.ok(operation, key=self.api.key(operation, self.world.workspace), **options)

    def mentions(self, word: str, operation: str, **options: Any) -> Seen:
        """Does the first page of a list, the newest, hold a word anywhere?"""
        page = self.ok(operation, **{"query": {"limit": 100}, **options})
        return word in page.body.decode("utf-8", "replace").casefold(), page


def _action(read: _Reader, word: str) -> Attempt:
    rows = read.world.campaigns if read.undisturbed else read.campaigns().items
    running = [row for kind in _TURNS for row in rows if row["status"] == kind]
    return _turn(read, first_row(running, "campaign that is started or paused"))


def _turn(read: _Reader, chosen: Row) -> Attempt:
    """Pause or resume a campaign that stands as this row says."""
    action, after = _TURNS[chosen["status"]]

    def happened() -> Seen:
        crawl = read.campaigns()
        now = next((row["status"] for row in crawl.items if row["id"] == chosen["id"]), "")
        return now == after, crawl.last

    def renewed() -> Attempt:
        rows = (row for row in read.campaigns().items if row["id"] == chosen["id"] and row["status"] in _TURNS)
        return _turn(read, first_row(rows, "campaign that is still started or paused"))

    path, sent = {"campaign_id": chosen["id"]}, {"action": action}
    return Attempt("run_campaign_action", path, happened, sent, None if read.undisturbed else renewed)


def _create(read: _Reader, word: str) -> Attempt:
    return Attempt(
        "create_lead_lists", {}, lambda: read.mentions(word, "list_lead_lists"), valid_body("create_lead_lists", word)
    )


def _import(read: _Reader, word: str) -> Attempt:
    path = {"lead_list_id": first_row(read.world.lists, "lead list")["id"]}

    def happened() -> Seen:
        member, shown = read.mentions(word, "list_members", path=path)
        return (member, shown) if member else read.mentions(word, "list_leads")

    return Attempt("import_leads", path, happened, valid_body("import_leads", word))


def _enrich(read: _Reader, word: str, spared: frozenset[str] = frozenset()) -> Attempt:
    path = {"lead_id": _plain(read, spared)}
    before, balance = _traces(read.ok("get_lead", path=path)), _balance(read)

    def happened() -> Seen:
        shown = read.ok("get_lead", path=path)
        if _traces(shown) != before or balance is None:
            return _traces(shown) != before, shown
        after = _balance(read)
        return (after or balance)[0] != balance[0], (after or balance)[1]

    def renewed() -> Attempt:
        return _enrich(read, word, spared | {path["lead_id"]})

    return Attempt("enrich_lead", path, happened, None, None if read.undisturbed else renewed)


def _plain(read: _Reader, spared: Collection[str]) -> str:
    main = read.world.workspace == read.api.target.workspace
    named = read.api.target.given.get("lead_enrichable" if main else f"{read.world.workspace}_lead_enrichable")
    if named and named not in spared:
        return named
    plain = (
        row
        for row in read.world.leads
        if not row.get("profile_enriched_at") and not row.get("enrichment_failed") and row["id"] not in spared
    )
    return str(first_row(plain, "lead that isn't enriched")["id"])


def _traces(lead: Exchange) -> list[Any]:
    names = ("profile_enriched_at", "company_enriched_at", "enrichment_requested_at", "enrichment_failed")
    return [lead.json()["data"].get(name) for name in names]


def _balance(read: _Reader) -> tuple[int, Exchange] | None:
    """The workspace's credits, told by an enrichment that costs none. Only where nobody else spends them meanwhile."""
    rich = next((row["id"] for row in read.world.leads if row.get("profile_enriched_at")), None)
    if rich is None or not read.undisturbed:
        return None
    answer = read.api.call("enrich_lead", path={"lead_id": rich}, key=read.api.key("enrich_lead", read.world.workspace))
    free = answer.ok and not answer.json()["enrichment"]["charged"]
    return (int(answer.json()["enrichment"]["credits_remaining"]), answer) if free else None


def _send(read: _Reader, word: str) -> Attempt:
    chosen = first_row((row for row in read.world.conversations if row["last_message"]), "conversation with a message")[
        "id"
    ]
    path = {"conversation_id": chosen}

    def happened() -> Seen:
        last, shown = read.mentions(word, "list_conversations")
        if last:
            return last, shown
        key = read.api.key("get_conversation", read.world.workspace)
        history = read.api.crawl("get_conversation", path=path, key=key)
        return any(word in message["content"] for message in history.items), history.last

    return Attempt("send_message", path, happened, valid_body("send_message", word))


_ATTEMPTS: dict[str, Callable[[_Reader, str], Attempt]] = {
    "run_campaign_action": _action,
    "create_lead_lists": _create,
    "import_leads": _import,
    "enrich_lead": _enrich,
    "send_message": _send,
}
