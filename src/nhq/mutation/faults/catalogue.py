"""All faults, by id."""

import random
from collections.abc import Collection, Sequence

from nhq.errors import ConfigError, did_you_mean
from nhq.mutation.faults import (
    actions,
    authentication,
    bodies,
    conversations,
    crawls,
    creation,
    enrichment,
    entries,
    envelopes,
    errors,
    filters,
    handlers,
    headers,
    imports,
    later,
    leads,
    lifecycle,
    limiter,
    listings,
    lists,
    messages,
    nightly,
    noop,
    ordering,
    overrides,
    pagination,
    races,
    recognition,
    robustness,
    schema,
    scopes,
    search,
    shapes,
    workspaces,
)
from nhq.mutation.faults.fault import Fault

MODULES = (
    authentication,
    scopes,
    workspaces,
    leads,
    pagination,
    ordering,
    search,
    filters,
    lists,
    creation,
    imports,
    recognition,
    entries,
    lifecycle,
    actions,
    overrides,
    enrichment,
    conversations,
    messages,
    errors,
    envelopes,
    bodies,
    schema,
    shapes,
    headers,
    limiter,
    races,
    later,
    robustness,
    handlers,
    listings,
    crawls,
    noop,
)
FAULTS: tuple[Fault, ...] = tuple(fault for module in MODULES for fault in module.FAULTS)
#: Those that a night is held to, beside the catalogue, which a gate is measured by.
OF_NIGHTS: tuple[Fault, ...] = nightly.FAULTS
BY_ID = {fault.id: fault for fault in (*FAULTS, *OF_NIGHTS)}


def find_fault(ident: str) -> Fault:
    """The fault of this id. Raises ConfigError when there is none."""
    if ident not in BY_ID:
        raise ConfigError(f"no fault {ident}{did_you_mean(ident, BY_ID)}; `nhq mutation --list` names them")
    return BY_ID[ident]


def choose_faults(ids: Collection[str] = (), families: Collection[str] = ()) -> list[Fault]:
    """The faults of these ids and families, all when neither is given. Raises ConfigError for an unknown name."""
    known = {fault.family for fault in FAULTS}
    for name in families:
        if name not in known:
            raise ConfigError(f"no family {name}{did_you_mean(name, known)}; known are {', '.join(sorted(known))}")
    picked = {find_fault(ident).id for ident in ids}
    return [f for f in FAULTS if not (ids or families) or f.id in picked or f.family in families]


def sample_faults(faults: Sequence[Fault], count: int, seed: int) -> list[Fault]:
    """So many of these faults, by a seed, in their order; all where there are no more."""
    kept = set(random.Random(f"faults:{seed}").sample(range(len(faults)), min(count, len(faults))))
    return [fault for number, fault in enumerate(faults) if number in kept]
