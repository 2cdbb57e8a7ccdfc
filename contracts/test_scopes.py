"""The scope matrix: every operation with every key that lacks its scope, and with one that holds nothing else.

Not convicted: any scopes beside the lacking one, a 429, and a change that comes without the refused request too.
"""

import random
from contextlib import suppress
from functools import partial

import pytest

from nhq.scenarios import (
    ONLY,
    Api,
    Contract,
    Effect,
    Effort,
    Exchange,
    Few,
    Identity,
    Inventory,
    Judge,
    PreconditionNotMet,
    absent_path,
    forbidden_write,
    judge_refused,
    judge_untouched,
    need_of_lacking_scope,
    real_path,
    send_forbidden_write,
    unique_word,
    valid_body,
)


def lacking(api: Api, operation: str) -> list[Identity]:
    """Usable keys of the main workspace without the operation's scope.

    Raises PreconditionNotMet where there is none.
    """
    scope = api.operation(operation).scope
    found = [
        k for k in api.target.keys if not k.revoked and k.workspace == api.target.workspace and scope not in k.scopes
    ]
    if not found:
        raise PreconditionNotMet(f"the target file has no key without {scope}", need_of_lacking_scope(scope))
    return found


def sibling(api: Api, operation: str) -> Identity:
    """A key with the write scope of the resource in place of the read scope, or the other way round."""
    resource, _, access = api.operation(operation).scope.partition(":")
    other = f"{resource}:{'write' if access == 'read' else 'read'}"
    found = next((key for key in lacking(api, operation) if other in key.scopes), None)
    if found is None:
        told = f"the target file has no key with {other} but without {resource}:{access}"
        raise PreconditionNotMet(told, f"{ONLY} {other}")
    return found


def narrowest(api: Api, operation: str) -> Identity:
    """The key with the operation's scope and the fewest others."""
    api.key(operation)
    return api.target.holders(api.operation(operation).scope)[-1]


def forbidden(judge: Judge, rule: str, answer: Exchange) -> None:
    """403, and no more is learned."""
    judge_refused(judge, rule, answer, 403, "without the scope")


@pytest.mark.scenario("scopes/missing-scope-is-refused")
@pytest.mark.derived
@pytest.mark.rule("SCOPE-MISSING")
def test_missing_scope_is_refused(
    api: Api,
    world: Inventory,
    contract: Contract,
    judge: Judge,
    few: Few,
    rng: random.Random,
    operation: str,
    effort: Effort,
) -> None:
    """«403 when the key is missing the scope it requires», whatever other scopes it has, whatever limit it asks for."""
    if effort.no_repeats and operation in contract.rules["SCOPE-FIRST"].operations:
        return  # shown there at no more cost
    row = api.operation(operation)
    path = absent_path(world, row.path, rng)
    for place, key in enumerate(few(lacking(api, operation))):
        query = {"limit": 0} if row.paginated and place == 1 else None
        answer = api.call(operation, key=key, path=path, query=query, json=valid_body(operation, unique_word(rng)))
        forbidden(judge, "SCOPE-MISSING", answer)


@pytest.mark.scenario("scopes/write-scope-opens-no-read")
@pytest.mark.derived
@pytest.mark.rule("SCOPE-WRITE-NOT-READ")
def test_write_scope_opens_no_read(
    api: Api, world: Inventory, contract: Contract, judge: Judge, operation: str, effort: Effort
) -> None:
    """An operation lists one scope: holding `x:write` is not holding `x:read`."""
    if effort.no_repeats and operation in contract.rules["SCOPE-FIRST"].operations:
        return  # shown there at no more cost
    path = real_path(world, api.operation(operation).path)
    forbidden(judge, "SCOPE-WRITE-NOT-READ", api.call(operation, key=sibling(api, operation), path=path))


@pytest.mark.scenario("scopes/read-scope-opens-no-write")
@pytest.mark.derived
@pytest.mark.rule("SCOPE-READ-NOT-WRITE")
def test_read_scope_opens_no_write(
    api: Api, world: Inventory, contract: Contract, judge: Judge, rng: random.Random, operation: str, effort: Effort
) -> None:
    """Holding `x:read` is not holding `x:write`."""
    if effort.no_repeats and operation in contract.rules["SCOPE-FIRST"].operations:
        return  # shown there at no more cost
    path = absent_path(world, api.operation(operation).path, rng)
    answer = api.call(operation, key=sibling(api, operation), path=path, json=valid_body(operation, unique_word(rng)))
    forbidden(judge, "SCOPE-READ-NOT-WRITE", answer)


@pytest.mark.scenario("scopes/one-scope-suffices")
@pytest.mark.derived
@pytest.mark.rule("SCOPE-SUFFICIENT")
def test_one_scope_suffices(api: Api, world: Inventory, judge: Judge, rng: random.Random, operation: str) -> None:
    """«each operation lists its scope below»: with it, and no other, a read succeeds and a write is let in.

    What would reach people, spend or overwrite is aimed at ids that exist nowhere: 404 shows that it was let in.
    """
    row, key = api.operation(operation), narrowest(api, operation)
    harmless = row.effect is Effect.READ or operation in {"create_lead_lists", "import_leads"}
    path = real_path(world, row.path) if harmless else absent_path(world, row.path, rng)
    answer = api.call(operation, key=key, path=path, json=valid_body(operation, unique_word(rng)))
    if answer.status in {401, 403}:
        judge("SCOPE-SUFFICIENT", False, answer, expected="let in", actual=f"{answer.status}", where="status")
    elif len(key.scopes) > 1:
        judge.unknown("SCOPE-SUFFICIENT", f"the target file has no key with {row.scope} alone", operation)
    elif answer.ok or (answer.status == 404 and not harmless):
        judge("SCOPE-SUFFICIENT", True, answer, expected="let in")
    else:
        judge.unknown("SCOPE-SUFFICIENT", f"{operation} answered {answer.status}", operation)


@pytest.mark.scenario("scopes/nothing-but-403-is-learned")
@pytest.mark.derived
@pytest.mark.rule("SCOPE-FIRST", "SCOPE-MISSING", "SCOPE-WRITE-NOT-READ", "SCOPE-READ-NOT-WRITE")
def test_nothing_but_403_is_learned(
    api: Api,
    world: Inventory,
    contract: Contract,
    judge: Judge,
    few: Few,
    rng: random.Random,
    operation: str,
    effort: Effort,
) -> None:
    """A key without the scope can't tell what exists, nor what would be valid; live, one with its sibling's."""
    template, valid = api.operation(operation).path, valid_body(operation, unique_word(rng))
    told = operation in contract.rules["SCOPE-NO-EFFECT"].operations
    if effort.no_repeats and told and api.operation(operation).effect in api.target.allow:
        return  # shown there at no more cost
    key, turned = turning(api, operation, effort)
    broken: dict[str, str] | None = None if valid is None else {}
    absent, real = absent_path(world, template, rng), real_path(world, template)
    for path, sent in few([(absent, valid), (absent, broken), (real, broken)]):
        answer = api.call(operation, key=key, path=path, json=sent)
        forbidden(judge, "SCOPE-FIRST", answer)
        if turned:
            forbidden(judge, turned, answer)
        forbidden(judge, "SCOPE-MISSING", answer)


@pytest.mark.scenario("scopes/forbidden-request-changes-nothing")
@pytest.mark.rule("SCOPE-NO-EFFECT", "SCOPE-FIRST", "SCOPE-MISSING", "SCOPE-READ-NOT-WRITE")
def test_forbidden_request_changes_nothing(
    api: Api, world: Inventory, judge: Judge, rng: random.Random, operation: str, effort: Effort
) -> None:
    """A write that was answered 403 has not happened; live, with its sibling's scope, which shows more."""
    write, (key, turned) = forbidden_write(api, world, operation, rng), turning(api, operation, effort)
    again = partial(send_forbidden_write, api, key)
    answer = again(write)
    judge_untouched(judge, "SCOPE-NO-EFFECT", write, answer, 403, again)
    for rule in [rule for rule in ("SCOPE-FIRST", "SCOPE-MISSING", turned) if rule]:
        forbidden(judge, rule, answer)


def turning(api: Api, operation: str, effort: Effort) -> tuple[Identity, str]:
    """A key without the scope, and the rule of turned scopes that it shows; live, one with the sibling's scope."""
    if effort.no_repeats:
        with suppress(PreconditionNotMet):
            read = api.operation(operation).method == "GET"
            return sibling(api, operation), "SCOPE-WRITE-NOT-READ" if read else "SCOPE-READ-NOT-WRITE"
    return lacking(api, operation)[0], ""
