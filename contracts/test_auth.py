"""Keys: absent, malformed, unknown, revoked, or sent in another way than promised.

Requests here are aimed at ids that exist nowhere, so that a target which lets them in does no harm; only what is
judged by its effect is aimed at real things. A target may also limit callers without a key: a 429 is waited out.

Not convicted: a 429 for callers by address, any spelling of `Bearer`, and a change that comes without the refused
request too.
"""

import random
import re
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from nhq.scenarios import (
    REVOKED,
    Api,
    Contract,
    Effort,
    Exchange,
    Few,
    Identity,
    Inventory,
    Judge,
    PreconditionNotMet,
    Unread,
    absent_path,
    alter_id,
    forbidden_write,
    judge_refused,
    judge_untouched,
    real_path,
    send_forbidden_write,
    unique_word,
    valid_body,
)

NO_KEYS = ("Bearer", "Bearer not-a-key", "Bearer null", "Bearer {}", "Bearer two words", "nonsense")


@pytest.fixture
def knock(api: Api, world: Inventory, few: Few, rng: random.Random, operation: str) -> "Knock":
    """Calls one operation with any Authorization header at all."""
    calls = harmless(api, world, rng, operation)
    return Knock(api, operation, *few(calls)[0])


def harmless(api: Api, world: Inventory, rng: random.Random, operation: str) -> list[tuple[dict[str, str], Any]]:
    """Ids and body: nothing that exists, nothing that is valid, or neither of both; none does harm if it is let in."""
    template, valid = api.operation(operation).path, valid_body(operation, unique_word(rng))
    broken: dict[str, str] | None = None if valid is None else {}
    absent = absent_path(world, template, rng)
    calls = [(absent, valid), (absent, broken)]
    with suppress(Unread):  # a list that is out of order has its finding; ids that exist aren't needed to be refused
        calls.append((real_path(world, template), broken))
    return calls


class Knock:
    """A call that is valid but for its key, and aimed at ids that exist nowhere; in the live profile, or is broken."""

    def __init__(self, api: Api, operation: str, path: dict[str, str], sent: Any) -> None:
        self._api, self._operation = api, operation
        self._options = {"path": path, "json": sent}

    def __call__(self, authorization: str | None = None, query: Mapping[str, str] | None = None) -> Exchange:
        headers = {} if authorization is None else {"Authorization": authorization}
        return self._api.call(self._operation, key=None, headers=headers, query=query, **self._options)


def revoked_key(api: Api) -> Identity:
    """Raises PreconditionNotMet where the target file has no revoked key."""
    found = next((key for key in api.target.keys if key.revoked), None)
    if found is None:
        raise PreconditionNotMet("the target file has no revoked key", REVOKED)
    return found


@pytest.mark.scenario("auth/absent-key-is-refused")
@pytest.mark.elsewhere("test_bodies")
@pytest.mark.derived
@pytest.mark.rule("AUTH-ABSENT")
def test_absent_key_is_refused(judge: Judge, knock: Knock, contract: Contract, operation: str) -> None:
    """«401 when the key is absent»: whatever else is wrong with the request."""
    judge_refused(judge, "AUTH-ABSENT", knock(), 401, "without a key")
    if operation in contract.rules["PAGE-NO-GAPS"].operations:
        judge_refused(judge, "AUTH-ABSENT", knock(query={"limit": "none"}), 401, "without a key")


@pytest.mark.scenario("auth/malformed-key-is-refused")
@pytest.mark.derived
@pytest.mark.rule("AUTH-MALFORMED", "AUTH-FIRST")
def test_malformed_key_is_refused(
    api: Api, contract: Contract, judge: Judge, knock: Knock, few: Few, operation: str
) -> None:
    """«401 when the key is … malformed»: whatever stands there, it is no key, even if a word of it is one."""
    secret = api.key(operation).secret
    for header in few((*NO_KEYS, f"Bearer x {secret}", f"Bearer {secret} x")):
        answer = knock(header)
        judge_refused(judge, "AUTH-MALFORMED", answer, 401, "for what is no key")
        if operation in contract.rules["AUTH-FIRST"].operations:
            judge_refused(judge, "AUTH-FIRST", answer, 401, "whatever the id and the body")


@pytest.mark.scenario("auth/other-scheme-is-refused")
@pytest.mark.derived
@pytest.mark.rule("AUTH-SCHEME")
def test_other_scheme_is_refused(api: Api, judge: Judge, knock: Knock, few: Few, operation: str) -> None:
    """A valid key counts as a bearer token only; in which case `Bearer` is written is left open."""
    secret = api.key(operation).secret
    basic = b64encode(f"{secret}:".encode()).decode()
    for header in few((secret, f"Token {secret}", f"Basic {basic}")):
        judge_refused(judge, "AUTH-SCHEME", knock(header), 401, "for a key that is no bearer token")


@pytest.mark.scenario("auth/unknown-key-is-refused")
@pytest.mark.derived
@pytest.mark.rule("AUTH-UNKNOWN")
def test_unknown_key_is_refused(
    api: Api, judge: Judge, knock: Knock, few: Few, rng: random.Random, operation: str
) -> None:
    """A key in the right form, which is like a valid one and isn't it."""
    secret = api.key(operation).secret
    for unknown in few([key for key in like(secret, rng) if api.target.by_secret(key) is None]):
        judge_refused(judge, "AUTH-UNKNOWN", knock(f"Bearer {unknown}"), 401, "for a key never issued")


def like(secret: str, rng: random.Random) -> list[str]:
    """Keys that are nearly this one, and in no spelling the same.

    A number in hexadecimal may be written in either case, and what fills up base64 may be there or not.
    """
    alike = [alter_id(secret, rng)]
    if secret[-1:].isalnum():
        alike += [secret[:-1], secret + secret[-1]]
    pieces = re.split(r"([^0-9A-Za-z])", secret)
    turned = "".join(one if re.fullmatch(r"[0-9a-fA-F]*", one) else one.swapcase() for one in pieces)
    return [*alike, *([turned] if turned != secret else [])]


@pytest.mark.scenario("auth/revoked-key-is-refused")
@pytest.mark.derived
@pytest.mark.rule("AUTH-REVOKED")
def test_revoked_key_is_refused(
    api: Api, world: Inventory, contract: Contract, judge: Judge, knock: Knock, operation: str, effort: Effort
) -> None:
    """«401 when the key is … revoked»."""
    told = operation in contract.rules["AUTH-NO-EFFECT"].operations and bool(once_valid(api, world))
    if effort.no_repeats and told and contract.operations[operation].effect in api.target.allow:
        return  # shown there at no more cost
    judge_refused(judge, "AUTH-REVOKED", knock(f"Bearer {revoked_key(api).secret}"), 401, "for a revoked key")


@pytest.mark.scenario("auth/nothing-but-401-is-learned")
@pytest.mark.elsewhere("test_malformed_key_is_refused")
@pytest.mark.derived
@pytest.mark.rule("AUTH-FIRST")
def test_nothing_but_401_is_learned(
    api: Api, world: Inventory, judge: Judge, rng: random.Random, operation: str
) -> None:
    """A caller without a valid key can't tell what exists, nor what would be valid."""
    tries = harmless(api, world, rng, operation)
    answers = [api.call(operation, key=None, path=path, json=sent) for path, sent in tries]
    for answer in answers:
        judge_refused(judge, "AUTH-FIRST", answer, 401, "whatever the id and the body")


def once_valid(api: Api, world: Inventory) -> list[Identity]:
    """A revoked key of the workspace, if there is one."""
    return [key for key in api.target.keys if key.revoked and key.workspace == world.workspace][:1]


@pytest.mark.scenario("auth/refused-request-changes-nothing")
@pytest.mark.rule("AUTH-NO-EFFECT", "AUTH-REVOKED")
def test_refused_request_changes_nothing(
    api: Api, world: Inventory, judge: Judge, rng: random.Random, operation: str, effort: Effort
) -> None:
    """A write that was answered 401 has not happened: without a key, and with one that was valid once."""
    revoked = once_valid(api, world)
    for key in effort.pick(revoked or [None], [None, *revoked]):
        write = forbidden_write(api, world, operation, rng)
        again = partial(send_forbidden_write, api, key)
        answer = again(write)
        judge_untouched(judge, "AUTH-NO-EFFECT", write, answer, 401, again)
        if key is not None:
            judge_refused(judge, "AUTH-REVOKED", answer, 401, "for a revoked key")
