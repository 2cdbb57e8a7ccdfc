"""Tell answers of the network from the server's own: nobody is accused of an answer that isn't theirs."""

import json
import re
from collections.abc import Mapping

import msgspec

from nhq.contract.disclosure import header_may_be_shown
from nhq.model import GATEWAY

# Half an escape or half a number is malformed to msgspec; without it the text is truncated.
_HALF_A_TOKEN = re.compile(rb"(\\(u[0-9a-fA-F]{0,3})?|[-+.eE0-9]+)$")
_NO_KIND = "nothing that says what it is"
#: How a cause begins that blames a gateway.
GATEWAYS = "a gateway answered"
_OWN_HEADERS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")


def network_cause(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Why an answer is the network's and not the server's own; "" for the server's own. Header names in lower case.

    See `gateway-page` in contracts/ambiguities.toml.
    """
    if is_gateway_page(status, headers, body):
        kind = headers.get("content-type", "").partition(";")[0].strip() or _NO_KIND
        return f"{GATEWAYS} {status} in the server's place ({_known(kind)})"
    if ends_with_connection(headers) and is_cut_off(body):
        return "the body was cut off"
    return ""


def is_gateway_page(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Is this a page of a gateway: such a status, none of the API's headers, and not its error envelope?"""
    return status in GATEWAY and not any(name in headers for name in _OWN_HEADERS) and not _enveloped(body)


def ends_with_connection(headers: Mapping[str, str]) -> bool:
    """Is the end of the body marked by nothing but the end of the connection?"""
    return "content-length" not in headers and "transfer-encoding" not in headers


def is_cut_off(body: bytes) -> bool:
    """Is this the beginning of some JSON, and no more?"""
    return bool(body) and _flaw(body) != "" and "truncated" in _flaw(_HALF_A_TOKEN.sub(b"", body))


def _flaw(body: bytes) -> str:
    """msgspec's objection to a text; "" for JSON."""
    try:
        msgspec.json.decode(body)
    except (ValueError, RecursionError) as problem:
        return str(problem)
    return ""


def _enveloped(body: bytes) -> bool:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and isinstance(value.get("error"), dict)


def _known(kind: str) -> str:
    kept = header_may_be_shown("content-type", kind) or kind == _NO_KIND
    return kind if kept else "some other kind"
