"""Operations that the mock has no code for: served from the document's schemas and examples, without any state.

Keys, limits, scopes and headers are those of every operation. Lists show the same rows to every key of a workspace, an
id exists if such a list shows it, and writes are answered as documented and not stored.
"""

import re
from hashlib import blake2b
from typing import Any

import jsonschema_rs
import msgspec

from nhq.mock.call import MockCall, MockOperation, MockReply, Refused
from nhq.mock.encoded_views import encode
from nhq.mock.listing import paginate_rows, read_ask
from nhq.mock.request_bodies import read_json
from nhq.mock.sample_values import SampleMaker
from nhq.mock.served_document import DocumentEntry, ServedDocument
from nhq.mock.store import Row

ROWS = 105  # more than a page of the usual size
_KEPT = {
    "campaigns": "campaigns",
    "lead_lists": "lists",
    "leads": "leads",
    "conversations": "conversations",
    "linkedin_accounts": "accounts",
}
_TAIL = len(b'],"pagination":')


class Generic:
    """One such operation: how it validates, finds and answers."""

    def __init__(self, document: ServedDocument, entry: DocumentEntry) -> None:
        self._document, self._entry, self._sampler = document, entry, SampleMaker(document)
        self._segments = entry.path.strip("/").split("/")
        self._statuses = document.statuses(entry)
        names = {p.get("name") for p in document.parameters(entry)}
        self._listed = {"limit", "cursor"} <= names
        schema = document.asked(entry)
        self._asked = _validator(document, schema) if schema is not None else None

    def operation(self, ident: str) -> MockOperation:
        """The row of this operation."""
        errors = frozenset(status for status in self._statuses if status >= 400)
        scope = self._document.scope(self._entry)
        entry = self._entry
        return MockOperation(ident, entry.method, entry.path, scope, self.act, self.read, self.find, errors)

    def read(self, call: MockCall) -> None:
        """Stage `body`: `limit` and `cursor` of a list, and a body by its schema. Refuses with 400."""
        if self._listed:
            read_ask(call)
        if self._asked is not None and not self._asked.is_valid(read_json(call)):
            raise Refused(400, "invalid_body", "the body breaks its schema")

    def find(self, call: MockCall) -> None:
        """Stage `exists`: 404 for an id that no list of the workspace shows, if the operation documents a 404."""
        places = [place for place, part in enumerate(self._segments) if part.startswith("{")]
        for place, ident in zip(places, call.ids, strict=False):
            kind = self._segments[place - 1] if place else ""
            if kind in _KEPT:
                call.exists(getattr(call.store, _KEPT[kind]), ident, kind.rstrip("s").replace("_", " "))
            elif 404 in self._statuses and ident not in {row[2] for row in generic_rows(call, kind)}:
                raise Refused(404, "not_found", "there is no such thing in this workspace")

    def act(self, call: MockCall) -> MockReply:
        """The first documented success, with a body made of its example or schema."""
        status = next((status for status in self._statuses if 200 <= status < 300), 200)
        media = self._document.media(self._entry, status)
        if not media:
            return MockReply(status, b"")
        body = _example(media)
        if body is None:
            body = self._sampler.value(media.get("schema", {}))
        return MockReply(status, encode(self._page(call, body) if self._listed else self._named(call, body)))

    def _page(self, call: MockCall, body: Any) -> Any:
        """The requested page; each row is the sample with its own id."""
        if not (isinstance(body, dict) and isinstance(body.get("data"), list) and "pagination" in body):
            return body
        sample = body["data"][0] if body["data"] else {}
        page = paginate_rows(call, call.args, generic_rows(call, self._segments[-1]))
        shown = [
            {**sample, "id": row[2]} if isinstance(sample, dict) and "id" in sample else sample for row in page.rows
        ]
        return {**body, "data": shown, "pagination": msgspec.json.decode(page.tail[_TAIL:-1])}

    def _named(self, call: MockCall, body: Any) -> Any:
        """One thing with the requested id."""
        data = body.get("data") if isinstance(body, dict) else None
        if call.ids and self._segments[-1].startswith("{") and isinstance(data, dict) and "id" in data:
            return {**body, "data": {**data, "id": call.ids[-1]}}
        return body


def generic_rows(call: MockCall, kind: str) -> list[Row]:
    """The rows that lists of a kind show to a workspace, which never change."""
    named = [
        f"{kind}_{blake2b(f'{call.store.seed}:{call.workspace}:{kind}:{n}'.encode(), digest_size=10).hexdigest()}"
        for n in range(ROWS)
    ]
    return [(float(n), n, ident) for n, ident in enumerate(named)]


def _example(media: dict[str, Any]) -> Any:
    if "example" in media:
        return media["example"]
    named = media.get("examples")
    first = next(iter(named.values()), None) if isinstance(named, dict) else None
    return first.get("value") if isinstance(first, dict) else None


def _validator(document: ServedDocument, schema: dict[str, Any]) -> jsonschema_rs.Validator:
    root = {**schema, "components": document.content.get("components", {})}
    return jsonschema_rs.Draft202012Validator(root, validate_formats=True)


def ident_of(entry: DocumentEntry) -> str:
    """The id of an operation without code in policies and logs: its method and path in words."""
    return "_".join(re.findall(r"[a-z0-9]+", f"{entry.method} {entry.path}".lower()))
