"""What the contract is made of, as frozen records."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nhq.contract.pointers import pointer_tokens
from nhq.model import Effect, Level

#: «`limit` (1–500, default 100)»: what holds for a list that says nothing of its own.
PAGE_DEFAULT, PAGE_MOST = 100, 500


class Layer(StrEnum):
    """Which reading of the contract a schema comes from. Each holds everything of the one before it."""

    PUBLISHED = "published"
    PROMISED = "promised"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence stands: a JSON pointer into the contract, and words that stand there verbatim."""

    pointer: str
    quote: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation; `where` is `path` or `query`, `pointer` where it stands in the document.

    `spelt` is its name in the document, where that is another than ours: the name of a path parameter is nobody's
    business but the document's.
    """

    name: str
    where: str
    required: bool
    schema: Mapping[str, Any]
    pointer: str = ""
    spelt: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One of the sixteen. `statuses` are those documented, ascending; `paginated` means it takes a cursor.

    `derived`: nobody has written rules and scenarios for it yet; what is known was read from the document. `keyless`:
    the document asks for no key there.
    """

    id: str
    method: str
    path: str
    tag: str
    scope: str
    effect: Effect
    statuses: tuple[int, ...]
    has_body: bool
    paginated: bool
    parameters: tuple[Parameter, ...]
    pointer: str
    derived: bool = False
    keyless: bool = False

    @property
    def template(self) -> str:
        """The path as the document spells it."""
        return pointer_tokens(self.pointer)[1]

    @property
    def limits(self) -> tuple[int, int, int]:
        """Least, most and default of a list's `limit`."""
        schema = next((p.schema for p in self.parameters if p.name == "limit"), {})
        least, most, usual = (schema.get(name) for name in ("minimum", "maximum", "default"))
        return (
            least if isinstance(least, int) else 1,
            most if isinstance(most, int) else PAGE_MOST,
            usual if isinstance(usual, int) else PAGE_DEFAULT,
        )

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """Names of the path parameters, in the order of the path."""
        return tuple(p.name for p in self.parameters if p.where == "path")


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise: the sentence it stands on, how binding it is, and where it is judged.

    `operations` holds no "*": it names every operation on which the rule is judged; none only where it is unjudged.
    `unjudged` says why nothing judges it for now: its sentence is gone, or nobody has written how yet.
    `scope` is "exchange" where a universal check sees it on every answer, "scenario" where a test must ask for it.
    `aliases` are its former ids, the oldest first: `--rule`, `--require`, approvals and `nhq explain` accept them.
    """

    id: str
    title: str
    pointer: str
    quote: str
    also: tuple[Place, ...]
    level: Level
    area: str
    operations: tuple[str, ...]
    scope: str
    unjudged: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def first_id(self) -> str:
        """The oldest id: fingerprints use it, so that renaming a rule doesn't turn a known finding into a new one."""
        return self.aliases[0] if self.aliases else self.id

    @property
    def places(self) -> tuple[Place, ...]:
        """Everywhere the promise stands, the main place first."""
        return (Place(self.pointer, self.quote), *self.also)


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A question that the contract leaves open: what a server may do, what our mock does, how the suite treats it."""

    id: str
    question: str
    pointer: str
    may: tuple[str, ...]
    mock: str
    judged: str


@dataclass(frozen=True, slots=True)
class Excluded:
    """A check of Schemathesis that a plain `st run` must leave out on an operation, and why."""

    check: str
    operation: str
    reason: str


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """One place where a body breaks a schema. Holds no value of the body, because bodies hold personal data.

    `pointer` is the place in the body, `keyword` what failed there, `schema` where that keyword stands in the
    contract, `expected` what it asks for, `rule` the promise if only an overlay asks for it.
    """

    pointer: str
    keyword: str
    schema: str
    expected: str
    rule: str | None
