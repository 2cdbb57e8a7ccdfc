"""A fault: one realistic bug, as a lie told by one policy of the mock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from nhq.mock.policies import Policies

Apply = Callable[[Policies], Policies]


@dataclass(frozen=True, slots=True)
class Fault:
    """One bug that a real server could have.

    `id` says the lie, `sentence` explains it. `rules` are those it breaks, by id; a gate that sees it must name one
    of them. `subtle` says what hides it ("" when any request shows it), `on` the operations it shows on (none given:
    anywhere), `near` rules whose scenarios lead to it, where its own are judged on every answer. `policy` is the one
    decision replaced. `apply` makes a server's policies lie; whatever state the lie needs is made anew by each call
    of it, and chance comes from a seed that stands in the fault. `silent`: no whole answer comes, which may
    be the network's doing; the gate must say that it can't judge, and accuse nobody. Such a fault has no rules.
    """

    id: str
    sentence: str
    rules: tuple[str, ...]
    family: str
    policy: str
    apply: Apply
    subtle: str = ""
    on: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """A lie that needs the true policy, or state of its own: given the truth, it makes the lie."""

    make: Callable[[Any], Callable[..., Any]]


def instead_of(policy: str, told: Any) -> Apply:
    """Puts a function, or what an Around makes of the true one, in the place of one policy."""

    def apply(policies: Policies) -> Policies:
        stand_in = told.make(getattr(policies, policy)) if isinstance(told, Around) else told
        return replace(policies, **{policy: stand_in})

    return apply


class Plant(Protocol):
    """Makes one fault of a family."""

    def __call__(
        self,
        ident: str,
        sentence: str,
        *rules: str,
        subtle: str = "",
        on: Sequence[str] = (),
        near: Sequence[str] = (),
        silent: bool = False,
        **lie: Any,
    ) -> Fault:
        """`lie` is one policy's name and what stands in for it: a function, or an Around."""


def faults_of_family(name: str) -> Plant:
    """The maker of this family's faults."""

    def plant(
        ident: str,
        sentence: str,
        *rules: str,
        subtle: str = "",
        on: Sequence[str] = (),
        near: Sequence[str] = (),
        silent: bool = False,
        **lie: Any,
    ) -> Fault:
        ((policy, told),) = lie.items()
        apply = instead_of(policy, told)
        return Fault(ident, sentence, rules, name, policy, apply, subtle, tuple(on), tuple(near), silent)

    return plant
