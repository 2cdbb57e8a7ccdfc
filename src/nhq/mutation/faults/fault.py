"""A fault: one realistic bug, planted by replacing one policy of the mock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from nhq.mock.policies import Policies

Apply = Callable[[Policies], Policies]


@dataclass(frozen=True, slots=True)
class Fault:
    """One bug that a real server could have.

    `id` names the bug, `sentence` explains it. `rules` are the ids of those it breaks; a gate that finds it must name
    one of them. `subtle` says what hides it ("" when any request shows it), `on` the operations it shows on (empty:
    any), `near` rules whose scenarios lead to it, if its own are judged on every answer. `policy` is the one decision
    replaced. `apply` replaces it in a server's policies; each call creates the state that the fault needs, and chance
    comes from a seed in the fault. `silent`: no complete answer comes, which may be the network's doing; the gate must
    report that it can't judge, without a finding. Such a fault has no rules.
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
    """A wrong policy that needs the right one, or state: given the right policy, it makes the wrong one."""

    make: Callable[[Any], Callable[..., Any]]


def instead_of(policy: str, told: Any) -> Apply:
    """Replace one policy by a function, or by what an Around makes of the right one."""

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
        """`lie` is one policy's name and its replacement: a function, or an Around."""


def faults_of_family(name: str) -> Plant:
    """The constructor of this family's faults."""

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
