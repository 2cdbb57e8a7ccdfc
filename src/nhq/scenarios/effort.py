"""How much a test sends: the meaning of a profile's name, as a value that tests can ask."""

from dataclasses import dataclass
from typing import Literal, TypeVar

from nhq.errors import ConfigError

Amount = TypeVar("Amount")


@dataclass(frozen=True, slots=True)
class Effort:
    """How much a test sends. `name` is the profile's, as options, costs and records spell it.

    `one_variant`: one of several variants of a request is enough. `no_repeats`: skip what another test shows at no more
    cost. `fuzzed`: number of random requests per operation and mode; None: only those of the corpus are sent.
    `planned`: a run chooses its tests by their costs, and ends in real time. `amount` is the index of the amount to
    take.
    """

    name: str
    amount: Literal[0, 1, 2]
    one_variant: bool = False
    no_repeats: bool = False
    fuzzed: int | None = None
    planned: bool = False

    def pick(self, least: Amount, usual: Amount, most: Amount | None = None) -> Amount:
        """Of several amounts (pages, page sizes, sequences), the one that a test sends; without a most, the usual."""
        return (least, usual, usual if most is None else most)[self.amount]


SPARING = Effort("live", 0, one_variant=True, no_repeats=True, planned=True)
USUAL = Effort("gate", 1, fuzzed=2)
THOROUGH = Effort("nightly", 2, fuzzed=150)
EFFORTS = {effort.name: effort for effort in (USUAL, SPARING, THOROUGH)}


def find_effort(profile: str) -> Effort:
    """The effort of a profile. Raises ConfigError for an unknown name."""
    if profile not in EFFORTS:
        raise ConfigError(f"unknown profile {profile!r}; known are {', '.join(EFFORTS)}")
    return EFFORTS[profile]
