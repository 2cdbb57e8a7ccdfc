"""Requests that fill windows and change nothing, and the keys whose windows they fill."""

import random
from contextlib import suppress

from nhq.client.api import Api
from nhq.contract import Contract
from nhq.errors import Away, PreconditionNotMet
from nhq.generate.corpus import load_corpus
from nhq.generate.generated_cases import GeneratedKind
from nhq.model import Effect, Identity
from nhq.scenarios.effort import Effort
from nhq.scenarios.inventory import Inventory
from nhq.scenarios.path_parameters import known_filters, path_values
from nhq.scenarios.payloads import absent_path, real_path
from nhq.scenarios.window_probe import OperationCall, WindowProbe, spent_keys, widest_keys, window_portions


def limiter_calls(
    api: Api, world: Inventory, contract: Contract, rng: random.Random, effort: Effort
) -> list[OperationCall]:
    """One harmless request to each operation that the target and the widest key allow; all of them count.

    Reads of existing things, in pages of one; otherwise unknown ids and an empty body, which are answered 404 or 400.
    Live, the corpus' reads fill windows first; the last call of each operation is a valid one if possible.
    """
    key = widest_keys(api)[-1]
    allowed = [row for row in contract.operations.values() if is_allowed(api, key, row.id) and not row.keyless]
    if not allowed:
        raise PreconditionNotMet("the target file has no key that may call anything")
    told = _corpus_reads(api, world, contract, rng) if effort.no_repeats else []
    plain = {o.id: _harmless(world, o.id, o.path, o.effect, rng) for o in allowed}
    sound = {call.operation for call in told if _is_plain(call)}
    others = [call for name, call in plain.items() if name not in {call.operation for call in told}]
    return [*others, *told, *(call for call in plain.values() if call not in others and call.operation not in sound)]


def _corpus_reads(api: Api, world: Inventory, contract: Contract, rng: random.Random) -> list[OperationCall]:
    """The corpus' requests that only read."""
    stored, known = load_corpus(contract), known_filters(world)
    found = []
    for row in contract.operations.values():
        if row.paginated:
            with suppress(PreconditionNotMet):
                place = path_values(row.id, api, world, rng)
                sendings = stored.sendings(row, place, known, 0)
                ordinary = [s for s in sendings if s.kind is GeneratedKind.ORDINARY]
                asked = [OperationCall(row.id, {"path": place, "query": list(s.query)}) for s in ordinary]
                found += sorted(asked, key=_is_plain)
    return found


def _is_plain(call: OperationCall) -> bool:
    """Is a read's query valid? Each name appears once, with a value, and the limit is an allowed one."""
    query = dict(call.options["query"])
    limit = str(query.get("limit", 1))
    unique = len(query) == len(call.options["query"]) and not {"", "null"} & set(query.values())
    return unique and limit.isdecimal() and 1 <= int(limit) <= 500


def _harmless(world: Inventory, operation: str, path: str, effect: Effect, rng: random.Random) -> OperationCall:
    query = {"limit": 1} if operation.startswith("list") else None
    body: dict[str, str] | None = None if effect is Effect.READ or operation == "enrich_lead" else {}
    place = absent_path(world, path, rng)
    if effect is Effect.READ:
        with suppress(PreconditionNotMet, Away):
            place = real_path(world, path)
    return OperationCall(operation, {"path": place, "query": query, "json": body})


def is_allowed(api: Api, key: Identity, name: str) -> bool:
    """Do the target file and the key's scopes allow an operation?"""
    return api.operation(name).effect in api.target.allow and api.operation(name).scope in key.scopes


def one_call_each(meter: WindowProbe) -> list[OperationCall]:
    """One call for each operation: the last, which is a valid one if possible."""
    return list({call.operation: call for call in meter.calls}.values())


def limiter_probes(api: Api, calls: list[OperationCall]) -> list[WindowProbe]:
    """The key whose windows are filled, once for each portion of operations that fits into one; usually one portion."""
    return [WindowProbe(api, widest_keys(api)[-1], portion) for portion in window_portions(calls, api.target.limit)]


def exhaustible_probes(api: Api, meters: list[WindowProbe]) -> list[WindowProbe]:
    """Keys to exhaust; on a target that can't be put back one that is exhausted, if its window lasts long enough."""
    found = [] if api.target.restorable else spent_keys(api, api.target.window / 4)
    return [WindowProbe(api, found[-1] if found else meter.key, meter.wanted) for meter in meters]
