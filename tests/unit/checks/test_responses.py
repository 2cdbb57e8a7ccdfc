"""Every answer is held to its status, media type and schemas, and no more than that."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from known_contract import CONTRACT

from nhq.checks.context import make_context
from nhq.checks.exchange import CHECKS, check_exchange
from nhq.checks.responses import counts, tolerated_statuses
from nhq.model import Exchange, Identity, Verdict

KEY = Identity("full", "alpha", frozenset(), "secret")
HEADERS = {
    "content-type": "application/json; charset=utf-8",
    "x-ratelimit-limit": "60", "x-ratelimit-remaining": "59", "x-ratelimit-reset": "1700000060",
}  # fmt: skip
PAGE = {"data": [], "pagination": {"limit": 100, "has_more": False, "next_cursor": None}}
LIST = {
    "id": "l1", "workspace_name": None, "name": "x", "is_default": False, "created_by": "u",
    "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00+02:00", "lead_count": 0,
}  # fmt: skip


def answered(
    status: int = 200, body: Any = PAGE, path: str = "/lead_lists", method: str = "GET", **changes: Any
) -> Exchange:
    """An exchange of GET /lead_lists, or of what the test says."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields: dict[str, Any] = {"headers": HEADERS, "identity": KEY, "request_headers": {}, "request_body": b""}
    return Exchange(
        id=1,
        operation=None,
        method=method,
        path=path,
        status=status,
        body=raw,
        sent=0.0,
        received=0.0,
        **fields | changes,
    )


def verdict(exchange: Exchange, rule: str) -> Verdict | None:
    """What the checks say of a rule: None where nothing."""
    seen = [o.verdict for o in check_exchange(exchange, CONTRACT) if o.rule == rule]
    return max(seen, key=list(Verdict).index) if seen else None


def test_a_good_answer_holds():
    """Status, media type, body and headers of an ordinary page are kept promises."""
    for rule in ("STATUS-DOCUMENTED", "MEDIA-TYPE", "SCHEMA-BODY", "RL-HEADERS", "RL-VALUES", "AUTH-VALID"):
        assert verdict(answered(), rule) is Verdict.HOLDS, rule


@pytest.mark.parametrize("status", [204, 302, 404, 500, 503])
def test_an_undocumented_status_is_broken(status):
    """What the operation doesn't document, and is no refusal of what the contract leaves open, is a finding."""
    assert verdict(answered(status, b""), "STATUS-DOCUMENTED") is Verdict.VIOLATED


@pytest.mark.parametrize("status", [400, 422, 413, 414, 415, 431])
def test_a_refusal_where_the_contract_is_silent_is_none(status):
    """Nine operations document no 400; refusing a bad parameter there is left open."""
    assert verdict(answered(status, {"error": {"code": "x", "message": "y"}}), "STATUS-DOCUMENTED") is Verdict.HOLDS


def test_an_id_that_no_path_can_carry_may_miss_the_operation():
    """A router may answer 404 or 405 to an encoded slash."""
    exchange = answered(405, b"", path="/leads/%2F")
    assert verdict(exchange, "STATUS-DOCUMENTED") is Verdict.HOLDS


@pytest.mark.parametrize("kind", ["text/html", "", "application/problem+json"])
def test_another_media_type_is_broken(kind):
    """The contract names application/json for every answer."""
    assert verdict(answered(headers=HEADERS | {"content-type": kind}), "MEDIA-TYPE") is Verdict.VIOLATED


@pytest.mark.parametrize(("kind", "told"), [("", "none"), ("text/html", "text/html")])
def test_another_media_type_is_named(kind, told):
    """What came instead is told, and that nothing came."""
    looks = check_exchange(answered(headers=HEADERS | {"content-type": kind}), CONTRACT)
    (found,) = (look.finding for look in looks if look.rule == "MEDIA-TYPE")
    assert told in found.actual


def test_no_json_under_the_json_media_type_is_broken():
    """A body that says JSON and isn't."""
    assert verdict(answered(body=b"<html>"), "MEDIA-TYPE") is Verdict.VIOLATED


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: f"f({text});".encode(),
    ],
)
def test_json_in_another_encoding_or_wrapping_is_broken(encode):
    """RFC 8259, section 8.1: UTF-8, and no byte order mark before it."""
    assert verdict(answered(body=json.dumps(PAGE).encode()), "MEDIA-TYPE") is Verdict.HOLDS
    assert verdict(answered(body=encode(json.dumps(PAGE))), "MEDIA-TYPE") is Verdict.VIOLATED


def test_a_lone_surrogate_is_left_open():
    """RFC 8259, section 8.2: what a text means that holds one is unpredictable, escaped or not; it is no finding."""
    for half in (b'"\\ud83d"', b'"\xed\xa0\xbd"'):
        body = json.dumps(PAGE).encode().replace(b'"pagination"', b'"x":' + half + b',"pagination"')
        assert verdict(answered(body=body), "MEDIA-TYPE") is Verdict.HOLDS


def test_a_body_that_breaks_the_schema_is_one_finding_without_values():
    """The place and the keyword are told, never the value."""
    body = PAGE | {"data": [LIST | {"name": 7}, LIST | {"name": ["Canary"]}]}
    (observation,) = [o for o in check_exchange(answered(body=body), CONTRACT) if o.rule == "SCHEMA-BODY"]
    assert observation.finding is not None
    assert observation.finding.where == "/data/*/name"
    assert "Canary" not in observation.finding.actual + observation.finding.expected


def test_members_the_schema_does_not_know_are_no_finding():
    """Response schemas are open."""
    assert (
        verdict(answered(body=PAGE | {"data": [LIST | {"colour": "red"}], "meta": 1}), "SCHEMA-BODY") is Verdict.HOLDS
    )


@pytest.mark.parametrize("moment", ["2026-01-01", "2026-01-01 00:00:00", "yesterday", "2026-13-01T00:00:00Z"])
def test_a_timestamp_that_is_no_date_time_is_broken(moment):
    """RFC 3339, section 5.6."""
    body = PAGE | {"data": [LIST | {"created_at": moment}]}
    assert verdict(answered(body=body), "SCHEMA-DATE-TIME") is Verdict.VIOLATED
    assert verdict(answered(body=body), "SCHEMA-BODY") is Verdict.HOLDS


def test_a_promise_of_the_prose_alone_names_its_own_rule():
    """`lead_count` is optional in the schema and promised by the prose."""
    row = {name: value for name, value in LIST.items() if name != "lead_count"}
    exchange = answered(body=PAGE | {"data": [row]})
    assert verdict(exchange, "LIST-COUNT-PRESENT") is Verdict.VIOLATED
    assert verdict(exchange, "SCHEMA-BODY") is Verdict.HOLDS


@pytest.mark.parametrize("body", [{"error": "no"}, {"error": {"code": 1, "message": "x"}}, {"detail": "x"}, []])
def test_an_error_without_the_envelope_is_broken(body):
    """Code and message, under error."""
    assert verdict(answered(403, body), "ERROR-BODY") is Verdict.VIOLATED


def test_headers_are_owed_by_401_too_but_their_values_mean_nothing():
    """«Every response»; but a caller without a key has no window to count."""
    body = {"error": {"code": "x", "message": "y"}}
    bare = answered(401, body, identity=None, headers={"content-type": "application/json"})
    odd = answered(401, body, identity=None, headers=HEADERS | {"x-ratelimit-remaining": "-"})
    assert verdict(bare, "RL-HEADERS") is Verdict.VIOLATED
    assert verdict(odd, "RL-VALUES") is None


@pytest.mark.parametrize(
    "change", [{"x-ratelimit-remaining": "61"}, {"x-ratelimit-reset": "soon"}, {"x-ratelimit-limit": "60.0"}]
)
def test_header_values_that_are_no_counts_are_broken(change):
    """Whole numbers, and Remaining no more than Limit."""
    assert verdict(answered(headers=HEADERS | change), "RL-VALUES") is Verdict.VIOLATED


def test_remaining_on_a_429_is_0():
    """Nothing remains when the limit is exceeded."""
    body = {"error": {"code": "x", "message": "y"}}
    assert verdict(answered(429, body), "RL-EXCEEDED-REMAINING") is Verdict.VIOLATED
    none_left = HEADERS | {"x-ratelimit-remaining": "0"}
    assert verdict(answered(429, body, headers=none_left), "RL-EXCEEDED-REMAINING") is Verdict.HOLDS


def test_a_negative_count_warns_under_its_own_rule():
    """Counts below zero are an assumption broken, not the schema."""
    exchange = answered(body=PAGE | {"data": [LIST | {"lead_count": -1}]})
    assert verdict(exchange, "SCHEMA-COUNTS") is Verdict.VIOLATED
    assert verdict(answered(body=PAGE | {"data": [LIST]}), "SCHEMA-COUNTS") is Verdict.HOLDS


def test_no_check_runs_twice():
    """A check is found once, wherever it is imported."""
    assert len(CHECKS) == len({id(check) for check in CHECKS})


def test_a_crash_inside_a_check_is_unknown_and_never_holds():
    """A check that fails says nothing of the server."""

    def crashes(seen: Any) -> Any:
        raise RuntimeError("ours")

    vars(crashes)["rules"] = ("SCHEMA-BODY",)
    checks: tuple[Callable[..., Any], ...] = (crashes,)
    (observation,) = check_exchange(answered(), CONTRACT, checks)
    assert observation.verdict is Verdict.UNKNOWN
    assert "RuntimeError" in observation.cause


@pytest.mark.parametrize("documented", [{200}, {200, 400}])
@pytest.mark.parametrize(
    ("ident", "odd"),
    [
        ("abc-1_.2", False), ("a" * 200, False), ("a" * 201, True), ("", True), (".", True), ("..", True),
        ("a..", False), ("a/b", True), ("é", True), ("a b", True), ("%2F", True),
    ],
)  # fmt: skip
def test_what_may_be_answered_beside_the_document(documented, ident, odd):
    """What no contract describes; 400 and 422 where no 400 is documented; for an odd id what a router says."""
    seen = make_context(answered(path="/leads/x", method="GET"), CONTRACT)
    assert seen is not None
    seen = replace(seen, path={"lead_id": ident}, operation=replace(seen.operation, statuses=frozenset(documented)))
    wanted = {413, 414, 415, 431} | (set() if 400 in documented else {400, 422}) | ({400, 404, 405} if odd else set())
    assert tolerated_statuses(seen) == wanted


@pytest.mark.parametrize(
    ("counted", "holds"), [([0], True), ([3, 0], True), ([-1], False), ([4, -1], False), ([], False)]
)
def test_counts_hold_from_zero_on(counted, holds):
    """One count below zero, or none at all, shows nothing."""
    body = {"data": [{"lead_count": count} for count in counted]}
    seen = make_context(answered(body=body), CONTRACT)
    assert seen is not None
    assert [look.verdict for look in counts(seen)] == [Verdict.HOLDS] * holds
    refused = make_context(answered(404, body), CONTRACT)
    assert refused is not None
    assert not list(counts(refused))


@pytest.mark.parametrize(("rows", "told"), [(1, ""), (3, ""), (4, " and 1 more"), (6, " and 3 more")])
def test_three_places_are_told_and_how_many_more(rows, told):
    """Of a body that is broken in many places."""
    broken = [LIST | {"name": 7}] * rows
    (look,) = [o for o in check_exchange(answered(body=PAGE | {"data": broken}), CONTRACT) if o.rule == "SCHEMA-BODY"]
    assert look.finding is not None
    places = ", ".join(f"/data/{row}/name" for row in range(min(rows, 3)))
    assert look.finding.actual == f"broken at {places}{told}: 7"
