"""A variant: a choice that the contract leaves open, taken differently from the mock's usual one."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nhq.mutation.faults.fault import Apply, Around, instead_of


@dataclass(frozen=True, slots=True)
class Variant:
    """One choice of a correct server. Nothing may be found while the mock takes it.

    `id` names the choice, `sentence` explains it. `ambiguity` is the id of the open question in ambiguities.toml,
    `takes` the alternative of its `may`, word for word. `policy` is the one decision replaced, `apply` replaces it in a
    server's policies; each call creates its state, and chance comes from a seed in the variant. `warns` are rules, none
    of them a `must`, that the gate warns of, as the question's `judged` says. `near` are the areas of rules whose tests
    meet the choice first. `shared`: others act meanwhile, so a run must not assume that the mock is its own.
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
    """Constructs one variant of an area."""

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
        """`choice` is one policy's name and its replacement: a function, or an Around. `near` adds areas."""


def variants_of_area(name: str, *areas: str) -> MakeVariant:
    """The constructor of this area's variants; `areas` are those of rules near them, by default the area itself."""

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
    """A chance from a seed, different for each call: restoring a snapshot doesn't restart it."""
    return random.Random(f"{seed}:{next(_TIMES)}")


def choose_sometimes(usual: Any, instead: Any, share: float) -> Around:
    """Another outcome instead of the usual one, by chance, in that share of the cases."""

    def make(true: Any) -> Any:
        chance = make_dice(f"sometimes:{share}")

        def outcome(*given: Any) -> Any:
            told = true(*given)
            return instead if told == usual and chance.random() < share else told

        return outcome

    return Around(make)


def every_other(usual: str, instead: str, *, odd: bool) -> Around:
    """Another outcome instead of the usual one every other time: the first, or the second."""

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
