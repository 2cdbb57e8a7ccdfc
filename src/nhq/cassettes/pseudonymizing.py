"""The link before the transport while recording: what goes out is real, what comes in is under pseudonyms.

So a scenario lives in the same world when it is recorded and when it is replayed: a search word that it takes from a
lead is a pseudonym in both, and only the target ever sees what it stands for. Secrets stop here too: the session knows
keys by label-based stand-ins, and the target's address by a name that leads nowhere.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from http.client import responses
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from nhq.cassettes.pseudonyms import Pseudonyms
from nhq.cassettes.response_building import build_response
from nhq.client.connection import Connection
from nhq.client.redact import mask_of, shown_headers
from nhq.client.target import Target
from nhq.contract import Contract
from nhq.contract.disclosure import may_be_shown, names_an_id, shown_number
from nhq.contract.public_words import only_public_words

BASE = "http://cassette.invalid"
CONTROL = f"{BASE}/__control"
_TOKEN = "X-Control-Token"
_NOT_KEPT = {"content-length", "content-encoding", "transfer-encoding", "authorization"}
_LONG, _LONGER = 8, 16


def stand_in(label: str) -> str:
    """What a key is called where its secret must not stand."""
    return "cassette_key_" + re.sub(r"\W", "_", label)


def masked_target(target: Target, names: Pseudonyms) -> Target:
    """The target as a recording session may know it: no secret, no address; addresses of people under pseudonyms."""
    return replace(
        target,
        base_url=BASE,
        keys=tuple(replace(key, secret=stand_in(key.label)) for key in target.keys),
        control_url=CONTROL if target.control_url else "",
        control_token=stand_in("control") if target.control_url else "",
        given={name: _given(value, names) for name, value in target.given.items()},
        name="cassettes",
        connection=Connection(),
    )  # fmt: skip


def _given(value: str, names: Pseudonyms) -> str:
    """What the target file names: an id as it is or as the session will know it, an address under its pseudonym."""
    if may_be_shown("id", value):
        return value
    return names.of(value) if "//" in value else names.opaque(value, "id")


class Mask(BaseAdapter):
    """Swaps stand-ins for what they stand for, and back. `names` is shared with the masked target."""

    def __init__(self, target: Target, contract: Contract, names: Pseudonyms, inner: BaseAdapter) -> None:
        super().__init__()
        self._target, self._names, self._inner = target, names, inner
        self._secrets = {stand_in(key.label): key.secret for key in target.keys}
        self._masker = mask_of(target)
        self._known = frozenset(_known(contract.promised)) | frozenset(_known(contract.assumed))
        self._ours: dict[str, str] = {}

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        url = str(request.url)
        control = bool(self._target.control_url) and url.startswith(CONTROL)
        outgoing = self._controlling(request) if control else self._real(request)
        response = self._inner.send(outgoing, *args, **kwargs)
        body = self._controlled(response.content) if control else self._body(response.content)
        reason = responses.get(response.status_code, "")  # the usual phrase: the server's own may say anything
        return build_response(request, response.status_code, reason, self._headers(response.headers), body)

    def forget(self) -> None:
        """Another test begins: what the one before sent is no text of its own."""
        self._ours.clear()

    def close(self) -> None:
        self._inner.close()

    # --- out ------------------------------------------------------------------------------------------------

    def _controlling(self, request: PreparedRequest) -> PreparedRequest:
        outgoing = request.copy()
        outgoing.url = self._target.control_url + str(request.url)[len(CONTROL) :]
        outgoing.headers[_TOKEN] = self._target.control_token
        return outgoing

    def _real(self, request: PreparedRequest) -> PreparedRequest:
        outgoing = request.copy()
        outgoing.url = self._target.base_url + self._query(str(request.url)[len(BASE) :])
        for name, value in outgoing.headers.items():
            outgoing.headers[name] = self._unlocked(value if isinstance(value, str) else value.decode("latin-1"))
        if request.body:
            self._fill(outgoing, request.body if isinstance(request.body, bytes) else str(request.body).encode())
        return outgoing

    def _unlocked(self, header: str) -> str:
        return " ".join(self._secrets.get(word, word) for word in header.split(" "))

    def _query(self, path: str) -> str:
        parts = urlsplit(path)
        steps = "/".join(self._step(step) for step in parts.path.split("/"))
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        real = [(name, self._asked(name, value)) for name, value in pairs]
        return path if (steps, real) == (parts.path, pairs) else urlunsplit(("", "", steps, urlencode(real), ""))

    def _step(self, step: str) -> str:
        real = step if only_public_words(step) else self._names.whole(unquote(step))
        return step if real == unquote(step) else quote(real, safe="")

    def _asked(self, name: str, value: str) -> str:
        if name in {"query", "cursor"}:
            return self._names.real(value)
        return ",".join(self._names.whole(word) for word in value.split(","))

    def _fill(self, outgoing: PreparedRequest, body: bytes) -> None:
        try:
            sent = json.loads(body)
        except (ValueError, RecursionError):
            return
        real = _mapped(sent, lambda value, name: self._told(value))
        if real != sent:
            outgoing.prepare_body(None, None, real)
            outgoing.headers["Content-Type"] = "application/json"

    def _told(self, value: str) -> str:
        real = self._names.real(value)
        self._ours[real] = value
        return real

    # --- in -------------------------------------------------------------------------------------------------

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The known harmless ones; bodies are handed on decoded and whole."""
        low = {name.lower(): value for name, value in headers.items()}
        shown = shown_headers(low, self._target).items()
        return {name: self._masker.text(value) for name, value in shown if name not in _NOT_KEPT}

    def _controlled(self, body: bytes) -> bytes:
        return self._masker.text(body.decode("utf-8", "replace")).encode()

    def _body(self, body: bytes) -> bytes:
        if not body:
            return body
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return self._names.of(body.decode("utf-8", "replace")).encode()
        masked = _mapped(value, self._text, self._field, self._number)
        return json.dumps(masked, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")

    def _field(self, name: str) -> str:
        return name if name in self._known else self._names.of(name)

    def _number(self, value: float) -> float:
        """A number that could be somebody's telephone, or holds a secret, gives way to one as long."""
        told = repr(value)
        if shown_number(value) == value and self._masker.text(told) == told:
            return value
        try:
            made: float = json.loads(self._names.of(told))
        except ValueError:  # the name of an exponent, say
            return 0
        return made

    def _text(self, value: str, name: str) -> str:
        if name == "next_cursor":
            return self._names.opaque(value, "cursor")
        if value in self._known or self._plain(value, name):
            return value
        if names_an_id(name) and not self._masker.holds(value):
            return self._names.opaque(value, "id")
        masked = self._as_sent(value) or self._names.of(value)
        self._names.remember(masked, value)
        return masked

    def _plain(self, value: str, name: str) -> bool:
        if self._masker.holds(value):
            return False
        if name == "field":  # which member of a request is meant
            return all(word in self._known or word.isdigit() for word in re.findall(r"\w+", value))
        return may_be_shown(name, value) and not (name.startswith("linkedin_") and name != "linkedin_account_id")

    def _as_sent(self, value: str) -> str:
        """A text that a scenario sent itself, perhaps with something added to it, or cut."""
        if value in self._ours:
            return self._ours[value]
        if len(value) < _LONG:
            return ""
        begun = max((real for real in self._ours if len(real) >= _LONG and value.startswith(real)), key=len, default="")
        if begun:
            return self._ours[begun] + self._names.of(value[len(begun) :])
        short = value.rstrip("….")
        cut = len(short) >= _LONGER and any(r == s and r.startswith(short) for r, s in self._ours.items())
        return value if cut else ""


def _known(value: Any) -> Iterator[str]:
    """Words of the contract itself: names of members, and values that it lists."""
    if isinstance(value, dict):
        properties = value.get("properties")
        yield from properties if isinstance(properties, dict) else ()
        listed = value.get("enum", [value.get("const")])
        yield from (word for word in (listed if isinstance(listed, list) else ()) if isinstance(word, str))
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _known(inner)


def _mapped(
    value: Any,
    text: Callable[[str, str], str],
    field: Callable[[str], str] = lambda name: name,
    number: Callable[[float], float] = lambda number: number,
    name: str = "",
) -> Any:
    """A JSON value with its strings and numbers replaced; `text` is told the name of the member that holds them."""
    if isinstance(value, dict):
        return {field(key): _mapped(inner, text, field, number, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_mapped(inner, text, field, number, name) for inner in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return text(value, name) if isinstance(value, str) else value
