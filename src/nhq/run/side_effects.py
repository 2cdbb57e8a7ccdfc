"""What a run left behind on a target that can't be restored, so that a person can find and remove it."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from nhq.contract.disclosure import disclose_value
from nhq.model import Exchange

_STARTED = re.compile(r"campaign (\S+): start")


def describe_write(exchange: Exchange) -> Iterator[str]:
    """One line for each thing that an answered write made or changed: kind and ids, no names and no texts."""
    if not exchange.ok or exchange.method in {"GET", "HEAD", "OPTIONS"}:
        return
    try:
        body, sent = exchange.json(), json.loads(exchange.request_body or b"null")
    except ValueError:
        return
    if isinstance(body, dict):
        yield from _LINES.get(exchange.operation or "", _other)(exchange, body, sent)


def started_campaigns(lines: Iterable[str]) -> list[str]:
    """The campaigns that a run has started, by the lines told of its writes."""
    return [match[1] for match in map(_STARTED.fullmatch, lines) if match]


def _lists(exchange: Exchange, body: dict[str, Any], sent: Any) -> Iterator[str]:
    yield from (f"lead list {disclose_value('id', row['id'])} made" for row in _rows(body))


def _leads(exchange: Exchange, body: dict[str, Any], sent: Any) -> Iterator[str]:
    place = _step(exchange, 2)
    if isinstance(body.get("data"), dict):
        body = {"data": [{"result": body.get("result"), "lead": body["data"]}]}
    for row in _rows(body):
        if row.get("result") != "already_in_list" and isinstance(row.get("lead"), dict):
            lead, result = disclose_value("id", row["lead"].get("id")), disclose_value("result", row.get("result"))
            yield f"lead {lead} {result} in lead list {place}"


def _action(exchange: Exchange, body: dict[str, Any], sent: Any) -> Iterator[str]:
    yield f"campaign {_step(exchange, 2)}: {sent.get('action') if isinstance(sent, dict) else 'action'}"


def _overrides(exchange: Exchange, body: dict[str, Any], sent: Any) -> Iterator[str]:
    yield f"message overrides of lead {_step(exchange, 4)} in campaign {_step(exchange, 2)} saved"


def _message(exchange: Exchange, body: dict[str, Any], sent: Any) -> Iterator[str]:
    yield f"message sent in conversation {_step(exchange, 2)}"


def _enrichment(exchange: Exchange, body: dict[str, Any], sent: Any) -> Iterator[str]:
    enrichment = body.get("enrichment")
    if isinstance(enrichment, dict) and enrichment.get("charged"):
        yield f"one credit spent on lead {_step(exchange, 2)}"


def _other(exchange: Exchange, body: dict[str, Any], sent: Any) -> Iterator[str]:
    yield f"{exchange.method} answered {exchange.status}"


def _step(exchange: Exchange, place: int) -> str:
    return disclose_value("id", exchange.path.split("?")[0].split("/")[place])


def _rows(body: dict[str, Any]) -> list[dict[str, Any]]:
    data = body.get("data")
    return [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []


_LINES = {
    "create_lead_lists": _lists,
    "import_leads": _leads,
    "run_campaign_action": _action,
    "save_message_overrides": _overrides,
    "send_message": _message,
    "enrich_lead": _enrichment,
}
