"""The limiter, met by one client: sixty requests a minute and key, in fixed windows.

Each test fills windows of its own key on purpose; how Limit, Remaining and Reset move is judged on every answer beside.

Not convicted: requests of other clients with the key, Reset rounded either way, clocks that differ, and 401s that no
key counts for.
"""

import random
from collections.abc import Collection, Sequence
from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

import pytest

from nhq.scenarios import (
    LAPSE,
    REMAINING,
    TWIN,
    Api,
    Attempt,
    Away,
    Breach,
    Contract,
    Effect,
    Effort,
    Exchange,
    Filled,
    GeneratedKind,
    Identity,
    Inventory,
    Judge,
    OperationCall,
    Unmet,
    Unread,
    WindowProbe,
    absent_path,
    forbidden_write,
    judge_query,
    judge_untouched,
    known_filters,
    lasting_filters,
    load_corpus,
    path_values,
    rate_headers,
    real_path,
    spent_keys,
    unique_word,
    valid_body,
    widest_keys,
    window_is_unshared,
    window_portions,
)

TOLD_FIRST = frozenset({400, 404, 409})  # what may be told before 429 (order-of-checks)
AWAY_FIRST = frozenset({502, 503})  # so may that what stands behind is away; that isn't asked for twice more
AT_THE_EDGE = 3  # requests at one instant where one is left
STEPS = (0, 1, 2, 3, 0, 2)  # requests of one key between two of another
TOGETHER = 4  # requests at one instant
LATE = 4  # requests at a window's end that a limiter which looks back further than Reset would still count


@pytest.fixture
def calls(api: Api, world: Inventory, contract: Contract, rng: random.Random, effort: Effort) -> list[OperationCall]:
    """One harmless request to each operation that the target and the widest key allow: reads of what there is, pages of
    one; else unknown ids and an empty body, which are answered 404 or 400. All count. Live, the corpus' reads fill
    windows first; the last call of each operation has nothing wrong where that can be."""
    key = widest_keys(api)[-1]
    allowed = [row for row in contract.operations.values() if may(api, key, row.id) and not row.keyless]
    if not allowed:
        raise Unmet("the target file has no key that may call anything")
    told = reads(api, world, contract, rng) if effort.no_repeats else []
    plain = {o.id: _harmless(world, o.id, o.path, o.effect, rng) for o in allowed}
    sound = {call.operation for call in told if _is_plain(call)}
    others = [call for name, call in plain.items() if name not in {call.operation for call in told}]
    return [*others, *told, *(call for call in plain.values() if call not in others and call.operation not in sound)]


def reads(api: Api, world: Inventory, contract: Contract, rng: random.Random) -> list[OperationCall]:
    """The corpus' requests that only read."""
    stored, known = load_corpus(contract), known_filters(world)
    found = []
    for row in contract.operations.values():
        if row.paginated:
            with suppress(Unmet):
                place = path_values(row.id, api, world, rng)
                sendings = stored.sendings(row, place, known, 0)
                ordinary = [s for s in sendings if s.kind is GeneratedKind.ORDINARY]
                asked = [OperationCall(row.id, {"path": place, "query": list(s.query)}) for s in ordinary]
                found += sorted(asked, key=_is_plain)
    return found


def _is_plain(call: OperationCall) -> bool:
    """Is nothing wrong with a read's query? Each name stands once, with a value, and the limit is an allowed one."""
    query = dict(call.options["query"])
    limit = str(query.get("limit", 1))
    unique = len(query) == len(call.options["query"]) and not {"", "null"} & set(query.values())
    return unique and limit.isdecimal() and 1 <= int(limit) <= 500


def each(meter: WindowProbe) -> list[OperationCall]:
    """One call for each operation: the last, with which nothing else is wrong where that can be."""
    return list({call.operation: call for call in meter.calls}.values())


def judge_reads(contract: Contract, judge: Judge, answers: list[Exchange], known: Collection[str]) -> None:
    """What the answers to lists, asked with parameters of every kind, show of those; filters may name the known ids."""
    for answer in answers:
        row = contract.operations[answer.operation or ""]
        query = parse_qsl(urlsplit(answer.path).query, keep_blank_values=True)
        for said in judge_query(contract, row.id, query, answer, known) if row.paginated else ():
            told = {"expected": said.expected, "actual": said.actual, "where": said.where, "code": said.code}
            judge(said.rule, said.ok, answer, **told)


def _harmless(world: Inventory, operation: str, path: str, effect: Effect, rng: random.Random) -> OperationCall:
    query = {"limit": 1} if operation.startswith("list") else None
    body: dict[str, str] | None = None if effect is Effect.READ or operation == "enrich_lead" else {}
    place = absent_path(world, path, rng)
    if effect is Effect.READ:
        with suppress(Unmet, Away):
            place = real_path(world, path)
    return OperationCall(operation, {"path": place, "query": query, "json": body})


@pytest.fixture
def meters(api: Api, calls: list[OperationCall]) -> list[WindowProbe]:
    """The key whose windows are filled, once for each portion of operations that fits into one: mostly all of them."""
    return [WindowProbe(api, widest_keys(api)[-1], portion) for portion in window_portions(calls, api.target.limit)]


@pytest.fixture
def meter(meters: list[WindowProbe]) -> WindowProbe:
    """The key whose windows are filled, with whatever operations."""
    return meters[0]


@pytest.fixture
def exhausted(api: Api, meters: list[WindowProbe]) -> list[WindowProbe]:
    """Keys to be exhausted; where nothing is put back one that is, if its window lasts long enough to be looked at."""
    found = [] if api.target.restorable else spent_keys(api, api.target.window / 4)
    return [WindowProbe(api, found[-1] if found else meter.key, meter.wanted) for meter in meters]


def tell_left_out(judge: Judge, meter: WindowProbe, *rules: str) -> None:
    """Operations whose answers don't show whether they count: other rules have told what is wrong with them."""
    for operation, cause in meter.left_out.items():
        for rule in rules:
            judge.unknown(rule, f"not among the requests that fill a window: {cause}", operation)


def send_beyond(meter: WindowProbe, calls: list[OperationCall]) -> list[Exchange]:
    """What a full window answers: to each call, and twice more to those that were told first what else is wrong."""
    answers = [meter.call(call) for call in calls]
    told = [call for call, answer in zip(calls, answers, strict=True) if answer.status in TOLD_FIRST]
    return answers + [meter.call(call) for call in told * 2]


def judge_beyond(judge: Judge, meter: WindowProbe, burst: list[Exchange], answers: list[Exchange]) -> None:
    """Requests in a full window: 429 to each. Of a request that is answered 400 first and 429 ever after, the first was
    admitted: a server that tells first what else is wrong does so each time."""
    for place, answer in enumerate(answers):
        later = [other for other in answers[place + 1 :] if same_request(other, answer)]
        refused = len(later) > 1 and all(o.status == 429 and meter.same(answer, o) for o in later)
        judge_exceeding(judge, meter, burst, answer, later[:1] if refused else [])


def judge_last(judge: Judge, meter: WindowProbe, burst: list[Exchange], last: list[Exchange]) -> None:
    """Requests at one instant in a window that has admitted all but one of what it may: at most one is admitted."""
    admitted = [answer for answer in last if answer.status not in {401, 429}]
    if not all(meter.same(burst[0], answer) for answer in last) or any(e.status == 429 for e in burst):
        judge.unknown("RL-EXCEEDED", "the window had not one request left", last[-1].operation)
    elif all(answer.status is not None and (answer.status < 500 or meter.exclusive_keys) for answer in last):
        expected, actual = f"1 of {len(last)} at one instant admitted, with 1 left", f"{len(admitted)}"
        proof, options = [burst[0], burst[-1], *last], {"where": "status", "code": Breach.ACCEPTED}
        judge("RL-EXCEEDED", len(admitted) <= 1, proof, expected=expected, actual=actual, **options)


def judge_first_beyond(judge: Judge, meter: WindowProbe, full: Filled, answer: Exchange) -> None:
    """The first request, with nothing else wrong, in a window that has admitted as many of ours as it may."""
    if answer.status is not None and (answer.status < 500 or meter.exclusive_keys):
        expected = f"429 beyond {meter.limit} requests in one window"
        proof = [full.first, full.last, answer]
        judge("RL-EXCEEDED", answer.status == 429, proof, expected=expected, actual=f"{answer.status}", where="status")


def same_request(one: Exchange, other: Exchange) -> bool:
    """Were two answers given to one and the same request?"""
    return (one.method, one.path, one.request_body) == (other.method, other.path, other.request_body)


def judge_admitted(judge: Judge, rule: str, meter: WindowProbe, burst: list[Exchange], expected: str) -> None:
    """No 429 among a window's first sixty. One that came early convicts only if nobody else can have used the key.

    Requests of ours that got no answer may have been counted.
    """
    for place, answer in enumerate(burst, 1):
        early = answer.status == 429
        if early and place + meter.lost(burst[0], answer) > meter.limit:
            judge.unknown(rule, "requests in this window got no answer, and may have been counted", answer.operation)
            return
        if early and not meter.exclusive_keys and (place == 1 or not window_is_unshared(burst[:place])):
            judge.unknown(rule, "another client may use the key, or another clock than Date's count", answer.operation)
            return
        judge(rule, not early, [burst[0], answer], expected=expected, actual=f"429 on request {place}", where="status")


def judge_exceeding(
    judge: Judge, meter: WindowProbe, burst: list[Exchange], answer: Exchange, later: Sequence[Exchange] = ()
) -> None:
    """A request in a full window: 429. Full is one that has admitted sixty of ours, or has refused one before.

    What is wrong with a request besides may be told first (order-of-checks), and shows nothing; unless `later` the
    same request was answered 429.
    """
    admitted = sum(other.status != 429 for other in burst)
    refused = admitted < len(burst) and (answer.status == 429 or meter.exclusive_keys)
    if not meter.same(burst[0], answer) or not (admitted >= meter.limit or refused):
        judge.unknown("RL-EXCEEDED", "the window was not full", answer.operation)
    elif flaw := meter.out_of_order(answer.operation or ""):
        judge.unknown("RL-EXCEEDED", flaw, answer.operation)
    elif answer.status in TOLD_FIRST | AWAY_FIRST and not later:
        judge.unknown("RL-EXCEEDED", f"the target told first what else was wrong: {answer.status}", answer.operation)
    elif answer.status is not None and (answer.status < 500 or meter.exclusive_keys):
        expected = f"429 beyond {meter.limit} requests in one window"
        proof = [burst[0], burst[-1], *later, answer]
        actual = f"{answer.status}, and 429 to the same request afterwards" if later else f"{answer.status}"
        judge("RL-EXCEEDED", answer.status == 429, proof, expected=expected, actual=actual, where="status")


@pytest.mark.scenario("ratelimit/sixty-are-admitted-and-no-more")
@pytest.mark.patient
@pytest.mark.rule(
    "RL-LIMIT-ADMITTED",
    "RL-EXCEEDED",
    "RL-LIMIT",
    "RL-REMAINING-COUNTS",
    "RL-RESET-STEADY",
    "RL-RESET-EPOCH",
    "RL-EXCEEDED-REMAINING",
    "RL-RENEWED-AT-RESET",
    "REQUEST-VALID",
    "PAGE-LIMIT-ACCEPTED",
    "PAGE-LIMIT-400",
    "PAGE-LIMIT-SAFE",
)
def test_sixty_are_admitted_and_no_more(
    contract: Contract, judge: Judge, meters: list[WindowProbe], world: Inventory, effort: Effort, api: Api
) -> None:
    """«capped at 60 per minute per API key»: sixty, to whatever operations, and then each operation answers 429.

    In the live profile the window is one that follows a window used late, which shows that it renews.
    """
    for meter in meters:
        for _ in range(3):
            late = use_late(meter, LATE, judge) if effort.no_repeats else False
            burst = meter.fill(meter.limit - 1, lapse=min(LAPSE, meter.window / 4))
            last = meter.at_once([meter.look()] * AT_THE_EDGE)
            beyond = send_beyond(meter, [meter.look(), *each(meter)])
            if meter.same(burst[0], beyond[-1]):
                break
        judge_last(judge, meter, burst, last)
        burst.append(last[0])
        judge_admitted(judge, "RL-LIMIT-ADMITTED", meter, burst, f"{meter.limit} requests admitted in one window")
        tell_left_out(judge, meter, "RL-LIMIT-ADMITTED", "RL-EXCEEDED")
        if late:
            judge_admitted(judge, "RL-RENEWED-AT-RESET", meter, burst, f"{meter.limit} requests admitted from Reset on")
        judge_beyond(judge, meter, burst, beyond)
        judge_reads(
            contract, judge, [answer for answer in burst if answer.status != 429], lasting_filters(api.session, world)
        )


def exhaust(judge: Judge, meter: WindowProbe) -> Exchange:
    """A 429 of a full window, to a request that nothing else is wrong with. Raises Unmet where none comes."""
    full = meter.drain()
    answer = meter.call(meter.look())
    if full is not None and full.holds(answer) and full.count >= meter.limit:
        judge_first_beyond(judge, meter, full, answer)
    if answer.status != 429:
        raise Unmet("the key could not be exhausted")
    return answer


@pytest.mark.scenario("ratelimit/keys-have-their-own-allowance")
@pytest.mark.patient
@pytest.mark.follows("test_sixty_are_admitted_and_no_more")
@pytest.mark.rule("RL-PER-KEY", "RL-EXCEEDED")
def test_keys_have_their_own_allowance(api: Api, judge: Judge, exhausted: list[WindowProbe]) -> None:
    """«per API key»: while one key is exhausted, another of the same workspace is served by every operation."""
    if len(widest_keys(api)) < 2:
        raise Unmet("the target file has no second key as wide as the first", TWIN)
    for meter in exhausted:
        other = WindowProbe(api, next(key for key in others(api) if key != meter.key), meter.wanted)
        first = other.call() if lasts_for(api, other, len(each(other)) + 1) else other.begin()
        full = exhaust(judge, meter)
        for call in each(other):
            judge_served(judge, other, full, first, other.call(call))
        tell_left_out(judge, other, "RL-PER-KEY")


def lasts_for(api: Api, meter: WindowProbe, count: int) -> bool:
    """Where nothing is put back: has a key so many requests left that no window need be begun for them?"""
    left = api.session.budget.allowance.left(meter.key.label, api.session.clock.now())
    return not meter.exclusive_keys and left >= count


def others(api: Api) -> list[Identity]:
    """Keys to hold against an exhausted one: the first where the last is filled, else one with a whole window."""
    return widest_keys(api) if api.target.restorable else widest_keys(api)[::-1]


def judge_served(judge: Judge, other: WindowProbe, spent: Exchange, first: Exchange, answer: Exchange) -> None:
    """A key with allowance is served; whether it has some is known only where nobody else uses it."""
    if answer.status == 429 and (not other.exclusive_keys or other.lost(first, answer)):
        judge.unknown("RL-PER-KEY", "another client may use the second key, or lost requests count", answer.operation)
        return
    expected = "a key is served while another is exhausted"
    judge("RL-PER-KEY", answer.status != 429, [spent, answer], expected=expected, actual="429", where="status")


@pytest.mark.scenario("ratelimit/keys-are-counted-apart")
@pytest.mark.rule("RL-PER-KEY")
def test_keys_are_counted_apart(api: Api, judge: Judge, calls: list[OperationCall], rng: random.Random) -> None:
    """«per API key»: what one key sends doesn't move another's Remaining, whoever else uses both.

    Others may use the second key meanwhile: it is shared when its Remaining falls by just as much as the first one
    sends, in steps of many sizes, twice.
    """
    keys = widest_keys(api)[-2:]
    if len(keys) < 2:
        raise Unmet("the target file has no second key as wide as the first", TWIN)
    one, other = (WindowProbe(api, key, calls) for key in keys)
    for _ in range(2):
        steps, proof = moved(one, other, rng.sample(STEPS, len(STEPS)))
        if any(extra < sent for sent, extra in steps):
            judge("RL-PER-KEY", True, proof, expected="a key's Remaining moves by its own requests alone")
            return
        if any(extra != sent for sent, extra in steps):
            raise Unmet("no second key that others leave alone for a moment")
    expected, actual = "a key's Remaining moves by its own requests alone", "by those of another key, each time"
    judge("RL-PER-KEY", False, proof, expected=expected, actual=actual, where=REMAINING)


def moved(one: WindowProbe, other: WindowProbe, sizes: Sequence[int]) -> tuple[list[tuple[int, int]], list[Exchange]]:
    """How many requests one key sent, and by how much another's Remaining fell beside its own request, step by step."""
    for _ in range(3):
        proof = [other.call(other.look())]
        sent, steps = list[Exchange](), list[tuple[int, int]]()
        for size in sizes:
            sent += [one.call(one.look()) for _ in range(size)]
            proof.append(other.call(other.look()))
            steps.append((size, left_of(proof[-2]) - left_of(proof[-1]) - 1))
        if other.same(proof[0], proof[-1]) and all(answer.status not in {401, 429} for answer in [*sent, *proof]):
            return steps, [*sent, *proof]
        other.begin()
        one.begin()
    raise Unmet("no two keys that have allowance for a while")


@pytest.mark.scenario("ratelimit/counted-at-one-instant")
@pytest.mark.rule("RL-REMAINING-COUNTS")
def test_counted_at_one_instant(judge: Judge, meter: WindowProbe) -> None:
    """`X-RateLimit-Remaining`: requests that come together are each counted, whoever else uses the key."""
    for _ in range(2):
        before = meter.call(meter.look())
        if (rate_headers(before).remaining or 0) < TOGETHER + 2:
            before = meter.begin()
        answers = meter.at_once([meter.look()] * TOGETHER)
        after = meter.call(meter.look())
        if meter.same(before, after):
            break
    served = sum(answer.status not in {401, 429} for answer in answers)
    if not meter.same(before, after) or after.status == 429:
        raise Unmet("no window that tells of requests at one instant")
    if left_of(after) >= left_of(before) - served:  # what one node counted, another may tell a moment later
        after = meter.call(meter.look())
        served += 1
    had, left = left_of(before), left_of(after)
    expected, actual = f"at most {had - served - 1} left, after {had} and {served} more", f"{left}"
    judge("RL-REMAINING-COUNTS", left < had - served, [before, *answers, after], expected=expected, actual=actual)


def left_of(answer: Exchange) -> int:
    """What is left, by an answer's own word. Raises Unmet where it tells none."""
    left = rate_headers(answer).remaining
    if left is None:
        raise Unmet("X-RateLimit-Remaining is no whole number")
    return left


@pytest.mark.scenario("ratelimit/limited-request-changes-nothing")
@pytest.mark.follows("test_sixty_are_admitted_and_no_more")
@pytest.mark.rule("RL-EXCEEDED-NO-EFFECT", "RL-EXCEEDED")
def test_limited_request_changes_nothing(
    api: Api,
    world: Inventory,
    contract: Contract,
    judge: Judge,
    exhausted: list[WindowProbe],
    rng: random.Random,
    effort: Effort,
) -> None:
    """A write that has nothing wrong with it but that the key is exhausted is answered 429, and has not happened."""
    names, meter = contract.rules["RL-EXCEEDED-NO-EFFECT"].operations, exhausted[0]
    allowed = [name for name in names if may(api, meter.key, name)]
    for name in set(names) - set(allowed):
        judge.unknown("RL-EXCEEDED-NO-EFFECT", "neither target file nor key allow it", name)
    writes, missing = attempts(api, world, allowed, rng)
    for name, problem in missing.items():
        judge.unknown("RL-EXCEEDED-NO-EFFECT", str(problem), name)
    unseen = [] if effort.no_repeats else overriding(api, world, meter.key, rng)
    full = exhaust(judge, WindowProbe(api, meter.key, [meter.look()]))

    def again(write: Attempt) -> Exchange:
        return meter.call(OperationCall(write.operation, write.options))

    answers = [again(write) for write in writes]
    for write, answer in zip(writes, answers, strict=True):
        judge_exceeding(judge, meter, [full], answer)
        judge_untouched(judge, "RL-EXCEEDED-NO-EFFECT", write, answer, 429, again)
    for call in unseen:
        judge_exceeding(judge, meter, [full], meter.call(call))
    for problem in missing.values():
        if not isinstance(problem, Unread):  # that is told as a finding; what is missing, at the run's end
            raise problem


def attempts(
    api: Api, world: Inventory, names: list[str], rng: random.Random
) -> tuple[list[Attempt], dict[str, Unmet]]:
    """Writes that would succeed; by operation, why there are none to the others."""
    found, missing = list[Attempt](), dict[str, Unmet]()
    for name in names:
        try:
            found.append(forbidden_write(api, world, name, rng))
        except Unmet as problem:
            missing[name] = problem
    return found, missing


def may(api: Api, key: Identity, name: str) -> bool:
    """Do the target file and the key's scopes allow an operation?"""
    return api.operation(name).effect in api.target.allow and api.operation(name).scope in key.scopes


def overriding(api: Api, world: Inventory, key: Identity, rng: random.Random) -> list[OperationCall]:
    """A write with nothing wrong that no read shows afterwards."""
    name = "save_message_overrides"
    if not may(api, key, name):
        return []
    with suppress(Unmet):
        return [
            OperationCall(
                name, {"path": path_values(name, api, world, rng), "json": valid_body(name, unique_word(rng))}
            )
        ]
    return []


@pytest.mark.scenario("ratelimit/exhausted-until-reset")
@pytest.mark.patient
@pytest.mark.follows("test_sixty_are_admitted_and_no_more")
@pytest.mark.rule("RL-REFUSED-UNTIL-RESET", "RL-EXCEEDED")
def test_exhausted_until_reset(api: Api, judge: Judge, exhausted: list[WindowProbe]) -> None:
    """«using a fixed window»: no allowance trickles back before the instant that Reset names."""
    meter = exhausted[0]
    if api.target.restorable:
        meter.wait_past(meter.call())  # so that the window met isn't nearly over
    full = exhaust(judge, meter)
    for before in (meter.window / 2, 0.0):
        meter.wait_before(full, before)
        answer = meter.call(meter.look())
        if not meter.inside(full, answer):
            raise Unmet("the window ended before the key could be tried again")
        if answer.status != 429 and not meter.exact and meter.renewed(full, answer):
            raise Unmet("by the answer's own Reset its window had ended: the clock behind Reset is not that of Date")
        left = meter.reset(full) - answer.sent
        expected, actual = "429 until Reset", f"{answer.status} {left:.0f} s before Reset"
        judge(
            "RL-REFUSED-UNTIL-RESET",
            answer.status == 429,
            [full, answer],
            expected=expected,
            actual=actual,
            where="status",
            operation="list_leads",
        )


@pytest.mark.scenario("ratelimit/whole-allowance-from-reset")
@pytest.mark.patient
@pytest.mark.elsewhere("test_sixty_are_admitted_and_no_more")
@pytest.mark.rule("RL-RENEWED-AT-RESET", "RL-EXCEEDED")
def test_whole_allowance_from_reset(judge: Judge, meters: list[WindowProbe]) -> None:
    """«using a fixed window»: what was used late in a window is no debt in the next, which has sixty and no more."""
    for meter in meters:
        use_late(meter, meter.limit, judge)
        tell_left_out(judge, meter, "RL-RENEWED-AT-RESET")
        fresh = [meter.call() for _ in range(meter.limit)]
        judge_admitted(judge, "RL-RENEWED-AT-RESET", meter, fresh, f"{meter.limit} requests admitted from Reset on")
        if meter.same(fresh[0], fresh[-1]):
            judge_beyond(judge, meter, fresh, send_beyond(meter, [first_told(meter), meter.look()]))


def first_told(meter: WindowProbe) -> OperationCall:
    """A write that is answered 400 or 404, if the key may send one."""
    return next((call for call in meter.calls if call.options.get("json") is not None), meter.look())


def use_late(meter: WindowProbe, most: int, judge: Judge) -> bool:
    """Use half of `most` at a window's end, be refused once if that is all, and wait until the window is over.

    Where that isn't all, any window will do that has been begun already: nothing is waited for to begin one.
    """
    for _ in range(3):
        burst = meter.fill(most // 2) if most == meter.limit else [meter.call()]
        meter.wait_before(burst[0], min(3.0, meter.window / 10))
        meter.more(burst, most)
        if meter.same(burst[0], burst[-1]):
            break
    if most == meter.limit:
        judge_exceeding(judge, meter, burst, meter.call(meter.look()))
    meter.wait_past(burst[0])
    return len(burst) == most and meter.same(burst[0], burst[-1])


@pytest.mark.scenario("ratelimit/window-lasts-a-minute")
@pytest.mark.patient
@pytest.mark.rule("RL-WINDOW-LENGTH")
def test_window_lasts_a_minute(judge: Judge, meter: WindowProbe) -> None:
    """«60 per minute»: Resets lie whole minutes apart, or each a minute after its window's first request.

    Where the clock runs, a window's length is measured by it, too.
    """
    windows = measured(judge, meter) if not meter.exact else begun(meter)
    if not windows or not all(meter.exclusive_keys or window_is_unshared([answer]) for answer in windows):
        return
    resets = [meter.reset(answer) for answer in windows]
    steps = [later - resets[0] for later in resets]
    expected, actual = f"windows of {meter.window:g} s", f"Resets {steps} s apart"
    judge("RL-WINDOW-LENGTH", meter.lasts(windows), windows, expected=expected, actual=actual, operation="list_leads")


def begun(meter: WindowProbe) -> list[Exchange]:
    """First answers of windows that follow each other after a pause."""
    meter.whole_second()
    windows = [meter.begin()]
    for place in (1, 2):  # pauses of two lengths: a window that is short by one of them looks right after that one only
        meter.wait_past(windows[-1], place * meter.window / 16)
        meter.whole_second()
        windows.append(meter.call(meter.look()))
    return windows


def measured(judge: Judge, meter: WindowProbe) -> list[Exchange]:
    """Judge how long a window lasts by our own clock; the answers that began windows, none where one is convicted.

    One that lies between two moments is shorter than what passed between these; one that holds two is longer. Whoever
    anchors it, and whoever else uses the key. What is found is looked for twice.
    """
    for _ in range(2):
        span = meter.span(meter.call(meter.look()))
        if not span.wrong:
            break
    expected, proof = f"a window of {meter.window:g} s", span.answers
    judge("RL-WINDOW-LENGTH", not span.wrong, proof, expected=expected, actual=span.wrong, operation="list_leads")
    return [] if span.wrong else [proof[1], proof[-1]]
