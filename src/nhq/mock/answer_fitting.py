"""Fit the mock's answers to a document that it wasn't written for; mark an answer that can't be made to fit.

An answer whose description is the same in both documents is sent unchanged.
"""

from typing import Any

import jsonschema_rs
import msgspec

from nhq.mock.call import MockOperation, MockReply
from nhq.mock.encoded_views import encode
from nhq.mock.sample_values import SampleMaker
from nhq.mock.served_document import DocumentEntry, ServedDocument

GENERIC, FILLED, BEHIND = "generic", "filled", "behind"
_ROUNDS = 12


class Follower:
    """Fits answers of the operations that the mock has code for; answers of `generic` ones come from the document."""

    def __init__(
        self,
        bundled: ServedDocument,
        served: ServedDocument,
        entries: dict[str, tuple[DocumentEntry | None, DocumentEntry]],
    ) -> None:
        self._bundled, self._served, self._entries = bundled, served, entries
        self._sampler = SampleMaker(served)
        self._validators: dict[tuple[str, int], tuple[jsonschema_rs.Validator, jsonschema_rs.Validator] | None] = {}

    def fit(self, operation: MockOperation, reply: MockReply) -> tuple[MockReply, str]:
        """The answer to send, and its mark ("" if it is unchanged)."""
        known = self._entries.get(operation.id)
        if known is None:
            return reply, ""
        before, now = known
        if before is None:
            return reply, GENERIC
        if reply.status >= 500 and reply.status not in self._served.statuses(now):
            return reply, BEHIND
        status = self._status(before, now, reply.status)
        mark = BEHIND if status != reply.status or self._dropped(before, now, reply.status) else ""
        body, filled = self._body(operation.id, before, now, reply.status, status, reply.body)
        return MockReply(status, body), mark or filled

    def _status(self, before: DocumentEntry, now: DocumentEntry, status: int) -> int:
        """The status, or the first documented success in place of one that is no longer documented."""
        documented = [s for s in self._served.statuses(now) if 200 <= s < 300]
        gone = 200 <= status < 300 and status in self._bundled.statuses(before) and status not in documented
        return documented[0] if gone and documented else status

    def _dropped(self, before: DocumentEntry, now: DocumentEntry, status: int) -> bool:
        return status in self._bundled.statuses(before) and status not in self._served.statuses(now)

    def _body(
        self, ident: str, before: DocumentEntry, now: DocumentEntry, was: int, status: int, body: bytes
    ) -> tuple[bytes, str]:
        """The body with more members that the document requires, if it matched the schema that it was made for."""
        pair = self._pair(ident, before, now, was, status)
        if pair is None:
            return body, ""
        try:
            value = msgspec.json.decode(body)
        except (ValueError, msgspec.MsgspecError):
            return body, ""
        known, wanted = pair
        if wanted.is_valid(value) or not known.is_valid(value):
            return body, ""  # it fits; or a fault planted here is meant to break the schema
        replaced = False
        for _ in range(_ROUNDS):
            if wanted.is_valid(value):
                return encode(value), BEHIND if replaced else FILLED
            for error in list(wanted.iter_errors(value)):
                value, changed = self._mended(now, status, value, error)
                replaced = replaced or changed
        return encode(value), BEHIND

    def _pair(
        self, ident: str, before: DocumentEntry, now: DocumentEntry, was: int, status: int
    ) -> tuple[jsonschema_rs.Validator, jsonschema_rs.Validator] | None:
        """Validators by both documents; None if one has no schema or both are the same."""
        if (ident, was) not in self._validators:
            old, new = self._schema(self._bundled, before, was), self._schema(self._served, now, status)
            sides = [(self._bundled, old), (self._served, new)]
            roots = [{**s, "components": d.content.get("components", {})} if s else None for d, s in sides]
            differ = None not in roots and roots[0] != roots[1]
            made = [
                jsonschema_rs.Draft202012Validator(root, validate_formats=True) for root in roots if root and differ
            ]
            self._validators[ident, was] = (made[0], made[1]) if made else None
        return self._validators[ident, was]

    def _schema(self, document: ServedDocument, entry: DocumentEntry, status: int) -> Any:
        """The schema of an answer; for a success without one, that of the first success with one: they look alike."""
        found = document.media(entry, status).get("schema")
        if found is None and 200 <= status < 300 and status in document.statuses(entry):
            alike = (document.media(entry, s).get("schema") for s in document.statuses(entry) if 200 <= s < 300)
            found = next((schema for schema in alike if schema is not None), None)
        return found

    def _mended(
        self, now: DocumentEntry, status: int, value: Any, error: jsonschema_rs.ValidationError
    ) -> tuple[Any, bool]:
        """The value with one problem fewer, and whether one of our members was replaced or left out."""
        kind: Any = error.kind
        path = list(error.instance_path)
        schema = self._schema_at(now, status, list(error.evaluation_path)[:-1])
        holder = _at(value, path)
        if kind.name == "required" and isinstance(holder, dict):
            holder[kind.property] = self._sampler.value(schema.get("properties", {}).get(kind.property, {}))
            return value, False
        if kind.name == "additionalProperties" and isinstance(holder, dict):
            for name in kind.unexpected:
                holder.pop(name, None)
            return value, True
        made = self._sampler.value(schema)
        if not path:
            return made, True
        _at(value, path[:-1])[path[-1]] = made
        return value, True

    def _schema_at(self, now: DocumentEntry, status: int, path: list[str | int]) -> dict[str, Any]:
        """The schema that a validator's path leads to, references followed."""
        said: Any = self._schema(self._served, now, status) or {}
        for step in path:
            said = self._served.followed(said) if isinstance(said, dict) else said
            if step == "$ref":
                continue
            said = said.get(str(step), {}) if isinstance(said, dict) else said[int(step)]
        return self._served.followed(said)


def _at(value: Any, path: list[str | int]) -> Any:
    for step in path:
        value = value[step]
    return value
