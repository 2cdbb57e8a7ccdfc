"""What a run has written so far, according to the answers, to be read again at its end.

Only what carries a word of ours is kept here: whatever else others may change, they leave that alone (others-act).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from nhq.client.nonce import MARK
from nhq.model import Exchange

FAILED = frozenset({502, 503})


@dataclass(frozen=True, slots=True)
class Written:
    """One thing: what it is about (ids or texts, in the order that its kind has them), and the answer that told it."""

    about: tuple[str, ...]
    answer: Exchange


@dataclass(slots=True)
class WrittenValues:
    """Things written in one workspace, the latest word of each, by what they are about.

    `lists`: id, name. `leads`: id, last name. `members`: list, lead. `messages` and `unsent`: conversation, text.
    `slots`: campaign, lead, stage, id of the override. `enriched`: lead. `states`: campaign, status.
    """

    workspace: str
    lists: dict[tuple[str, ...], Written] = field(default_factory=dict)
    leads: dict[tuple[str, ...], Written] = field(default_factory=dict)
    members: dict[tuple[str, ...], Written] = field(default_factory=dict)
    messages: dict[tuple[str, ...], Written] = field(default_factory=dict)
    unsent: dict[tuple[str, ...], Written] = field(default_factory=dict)
    slots: dict[tuple[str, ...], Written] = field(default_factory=dict)
    enriched: dict[tuple[str, ...], Written] = field(default_factory=dict)
    states: dict[tuple[str, ...], Written] = field(default_factory=dict)
    epoch: int = 0

    def hear(self, exchange: Exchange) -> None:
        """One more exchange. One of another epoch came after the target was put back: nothing of before is there."""
        if exchange.epoch != self.epoch:
            self.forget(exchange.epoch)
        note = _NOTES.get(exchange.operation or "")
        if exchange.identity is None or exchange.identity.workspace != self.workspace:
            return
        if note is None or exchange.status is None or not (exchange.ok or exchange.status in FAILED):
            return
        try:
            sent = json.loads(exchange.request_body or b"null")
            note(self, exchange, sent, exchange.json() if exchange.ok else None)
        except (ValueError, LookupError, TypeError, AttributeError):
            return  # an answer that broke its schema is a finding of its own

    def forget(self, epoch: int) -> None:
        """Nothing that was written is there any more."""
        for kind in (self.lists, self.leads, self.members, self.messages):
            kind.clear()
        for kind in (self.unsent, self.slots, self.enriched, self.states):
            kind.clear()
        self.epoch = epoch


def _keep(kind: dict[tuple[str, ...], Written], answer: Exchange, *about: Any, by: int = 1) -> None:
    """Note the latest word of what the first `by` of these name."""
    named = tuple(str(one) for one in about)
    kind[named[:by]] = Written(named, answer)


def _ids(exchange: Exchange) -> list[str]:
    """The ids in a path, in order."""
    return [unquote(step) for step in exchange.path.partition("?")[0].split("/")[2::2]]


def _lists(kept: WrittenValues, answer: Exchange, sent: Any, came: Any) -> None:
    for row in came["data"] if came else ():
        if MARK in str(row["name"]):
            _keep(kept.lists, answer, row["id"], row["name"])


def _leads(kept: WrittenValues, answer: Exchange, sent: Any, came: Any) -> None:
    if not came:
        return
    rows = came["data"] if isinstance(came["data"], list) else [{"lead": came["data"], "result": came.get("result")}]
    for row in rows:
        lead = row["lead"]
        if MARK not in str(lead.get("linkedin_url")):
            continue
        known = kept.leads.get((str(lead["id"]),))
        if known is None:
            _keep(kept.leads, answer, lead["id"], lead.get("last_name"))
        elif row["result"] != "created":  # sent again, perhaps with other fields, which may be taken over
            _keep(kept.leads, known.answer, lead["id"])
        _keep(kept.members, answer, _ids(answer)[0], lead["id"], by=2)


def _message(kept: WrittenValues, answer: Exchange, sent: Any, came: Any) -> None:
    text = str(sent["content"])
    if MARK not in text:
        return
    if came is None:
        _keep(kept.unsent, answer, _ids(answer)[0], text, by=2)
    elif not came["data"]["pending"]:
        _keep(kept.messages, answer, _ids(answer)[0], text, by=2)


def _slots(kept: WrittenValues, answer: Exchange, sent: Any, came: Any) -> None:
    for row in came["data"] if came else ():
        if MARK in str(row["message"]):
            _keep(kept.slots, answer, *_ids(answer), row["message_stage"], row["id"], by=3)


def _enriched(kept: WrittenValues, answer: Exchange, sent: Any, came: Any) -> None:
    if came and came["enrichment"]["status"] == "enriched":
        _keep(kept.enriched, answer, _ids(answer)[0])


def _state(kept: WrittenValues, answer: Exchange, sent: Any, came: Any) -> None:
    if came:
        _keep(kept.states, answer, _ids(answer)[0], came["data"]["status"])


_NOTES: dict[str, Callable[[WrittenValues, Exchange, Any, Any], None]] = {
    "create_lead_lists": _lists,
    "import_leads": _leads,
    "send_message": _message,
    "save_message_overrides": _slots,
    "enrich_lead": _enriched,
    "run_campaign_action": _state,
}
