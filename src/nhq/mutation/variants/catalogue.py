"""All variants, by id, and seeded combinations of them."""

import random
from collections.abc import Collection, Sequence

from nhq.errors import ConfigError, did_you_mean
from nhq.mutation.faults import catalogue as faults
from nhq.mutation.faults.fault import Apply
from nhq.mutation.variants import (
    auth,
    conversations,
    enrichment,
    failures,
    imports,
    lifecycle,
    lists,
    others,
    overrides,
    pagination,
    processing,
    ratelimit,
    requests,
    search,
    shapes,
    spelling,
    transport,
)
from nhq.mutation.variants.variant import Variant

MODULES = (
    auth,
    ratelimit,
    transport,
    spelling,
    shapes,
    requests,
    pagination,
    search,
    lists,
    imports,
    processing,
    lifecycle,
    overrides,
    enrichment,
    conversations,
    failures,
    others,
)
VARIANTS: tuple[Variant, ...] = tuple(variant for module in MODULES for variant in module.VARIANTS)
SHARE = 0.75  # of the policies that have variants: how many a combination replaces
BY_ID = {variant.id: variant for variant in VARIANTS}


def find_variant(ident: str) -> Variant:
    """The variant of this id. Raises ConfigError when there is none."""
    if ident.startswith(others.PREFIX):
        return others.variant_named(ident)
    if ident not in BY_ID:
        raise ConfigError(
            f"no variant {ident}{did_you_mean(ident, BY_ID)}; `nhq mutation --variants --list` names them"
        )
    return BY_ID[ident]


def policy_change(ident: str) -> Apply:
    """The change of policies of the fault or variant with this id. Raises ConfigError when there is neither."""
    is_variant = ident in BY_ID or ident.startswith(others.PREFIX)
    return find_variant(ident).apply if is_variant else faults.find_fault(ident).apply


def choose_variants(ids: Collection[str] = (), all_of_them: bool = False) -> list[Variant]:
    """The variants of these ids, or all of them. Raises ConfigError for an unknown id."""
    picked = {ident: find_variant(ident) for ident in ids}
    listed = [variant for variant in VARIANTS if all_of_them or variant.id in picked]
    return listed + [variant for ident, variant in picked.items() if ident not in BY_ID]


def combine_variants(seed: int, among: Sequence[Variant] = VARIANTS) -> tuple[Variant, ...]:
    """Many variants together, each replacing another policy; one policy in four stays unchanged.

    The seed decides which.
    """
    chance = random.Random(f"liberties:{seed}")
    by_policy: dict[str, list[Variant]] = {}
    for variant in among:
        by_policy.setdefault(variant.policy, []).append(variant)
    return tuple(chance.choice(rivals) for rivals in by_policy.values() if chance.random() < SHARE)
