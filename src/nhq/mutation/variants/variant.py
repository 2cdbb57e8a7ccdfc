"""A variant: a choice that the contract leaves open, taken otherwise than the mock takes it."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nhq.mutation.faults.fault import Apply, Around, instead_of


@dataclass(frozen=True, slots=True)
class Variant:
    """One choice of a correct server. Nothing may be found while the mock takes it.

    `id` says the choice, `sentence` explains it. `ambiguity` is the open question in ambiguities.toml, by id, `takes`
    the alternative of its `may`, word by word. `policy` is the one decision replaced, `apply` makes a server's
    policies choose so; state is made anew by each call of it, and chance comes from a seed that stands in the variant.
    `warns` are rules, none of them a `must`, that the gate warns of, as the question's `judged` says it does. `near`
    are the areas of rules whose tests meet the choice first. `shared`: others act meanwhile, so that a run must not
    take the mock for its own alone.
    """

    id: str
    sentence: str
    ambiguity: str
    takes: str
    area: str
    policy: str
    apply: Apply
    warns: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    shared: bool = False


class MakeVariant(Protocol):
    """Makes one variant of an area."""

    def __call__(
        self,
        ident: str,
        sentence: str,
        ambiguity: str,
        takes: str,
        *,
        warns: Sequence[str] = (),
        near: Sequence[str] = (),
        shared: bool = False,
        **choice: Any,
    ) -> Variant:
        """`choice` is one policy's name and what stands in for it: a function, or an Around. `near` adds areas."""


def variants_of_area(name: str, *areas: str) -> MakeVariant:
    """The maker of this area's variants; `areas` are those of rules that they are near, the area itself if none."""

    def take(
        ident: str,
        sentence: str,
        ambiguity: str,
        takes: str,
        *,
        warns: Sequence[str] = (),
        near: Sequence[str] = (),
        shared: bool = False,
        **choice: Any,
    ) -> Variant:
        ((policy, told),) = choice.items()
        apply, beside = instead_of(policy, told), (*(areas or (name,)), *near)
        return Variant(ident, sentence, ambiguity, takes, name, policy, apply, tuple(warns), beside, shared)

    return take


_TIMES = itertools.count()


def make_dice(seed: str) -> random.Random:
    """Chance by a seed, another each time that a choice is made anew: when a snapshot is put back, chance goes on."""
    return random.Random(f"{seed}:{next(_TIMES)}")


def choose_sometimes(usual: Any, instead: Any, share: float) -> Around:
    """Another outcome in the place of the usual one, by chance, in that share of the cases."""

    def make(true: Any) -> Any:
        chance = make_dice(f"sometimes:{share}")

        def outcome(*given: Any) -> Any:
            told = true(*given)
            return instead if told == usual and chance.random() < share else told

        return outcome

    return Around(make)


def every_other(usual: str, instead: str, *, odd: bool) -> Around:
    """Another outcome in the place of the usual one every other time that it would come: the first, or the second."""

    def make(true: Any) -> Any:
        asked = 0

        def outcome(*given: Any) -> str:
            nonlocal asked
            told = str(true(*given))
            if told != usual:
                return told
            asked += 1
            return instead if asked % 2 == odd else told

        return outcome

    return Around(make)
