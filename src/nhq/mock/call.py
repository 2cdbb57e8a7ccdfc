"""One request on its way through the stages, until a reply or a refusal ends it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

from nhq.mock.policies import Policies

if TYPE_CHECKING:
    from nhq.mock.api_keys import Key
    from nhq.mock.engine import Engine
    from nhq.mock.limiter import Counter
    from nhq.mock.policies.limits import Quota
    from nhq.mock.store import Store


NO_QUERY: Mapping[str, str] = {}


class MockReply(NamedTuple):
    """A status with its JSON body; the headers are the same for all."""

    status: int
    body: bytes


class Refused(Exception):
    """The request is answered with the error envelope. `code` is for programs, `message` for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(slots=True)
class MockCall:
    """A request, and what the stages found out about it. `headers` are by lower-case name.

    `workspace` and `label` are those of the key; until it is known they are empty, and no record belongs to the
    empty workspace. Policies and store are attributes because every stage needs them. `unread`: the body is larger
    than the mock reads.
    """

    engine: "Engine"
    policies: Policies
    store: "Store"
    operation: "MockOperation"
    method: str
    ids: tuple[str, ...]
    query_string: bytes
    headers: dict[bytes, bytes]
    raw: bytes
    now: float
    key: "Key | None" = None
    workspace: str = ""
    label: str = ""
    quota: "Quota | None" = None
    seen: "tuple[str, Counter] | None" = None
    bucket: str | None = None
    excess: bool = False
    unread: bool = False
    asked: Mapping[str, str] | None = None
    args: Any = None
    mark: str = ""

    def respell(self, ids: tuple[str, ...]) -> None:
        """Set the ids of the path as the store spells them."""
        self.ids = ids

    def name_key(self, key: "Key") -> None:
        """Note the key that was sent."""
        self.key, self.workspace, self.label = key, key.workspace, key.label

    def look_ahead(self, seen: "tuple[str, Counter]") -> None:
        """Note the limiter's counter as it was read, before it is written."""
        self.seen = seen

    def judge_quota(self, bucket: str, quota: "Quota", excess: bool) -> None:
        """Note the limiter's count: its bucket, what is left, and whether the request exceeds the limit."""
        self.bucket, self.quota, self.excess = bucket, quota, excess

    def take(self, args: Any) -> None:
        """Note what the request asks for, once query and body are read."""
        self.args = args

    def move_to(self, workspace: str) -> None:
        """Read the records of this workspace from now on."""
        self.workspace = workspace

    def work_on(self, store: "Store") -> None:
        """Read and write this store from now on."""
        self.store = store

    def bear_mark(self, mark: str) -> None:
        """Note the mark of the answer, which tells how it was adapted."""
        self.mark = mark

    def header(self, name: bytes) -> str | None:
        """The value of a header, None when absent. Header bytes are Latin-1."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def query(self) -> Mapping[str, str]:
        """The query's parameters. Refuses with 400 those that the policies don't take."""
        if not self.query_string:
            return NO_QUERY
        if self.asked is not None:
            return self.asked
        text = self.query_string.decode("utf-8", "replace")
        if "%" in text or "+" in text:
            pairs = parse_qsl(text, keep_blank_values=True)
        else:
            pairs = [(name, value) for name, _, value in [part.partition("=") for part in text.split("&")]]
        self.asked = self.policies.read_query(self.operation.id, pairs)
        if self.asked is None:
            raise Refused(400, "invalid_parameter", "the query has a parameter that is not taken")
        return self.asked

    def own(self, spelling: str, kind: str) -> str:
        """Ids of one kind in a request, as the store spells them."""
        return self.policies.spelt_ids(spelling.encode(), False, self.workspace, kind).decode()

    def exists(self, records: dict[str, Any], ident: str, what: str) -> None:
        """Refuse with 404 unless the record is there and this workspace's own."""
        policies, operation, there = self.policies, self.operation.id, ident in records
        own = there and policies.visible(operation, self.workspace, self.store.owner.get(ident))
        if not policies.takes_id(operation, what, there, own):
            raise Refused(policies.absent_status(ident), "not_found", f"{what} not found in this workspace")


def check_nothing(call: MockCall) -> None:
    """The stage of an operation that has nothing to check there."""


@dataclass(frozen=True, slots=True)
class MockOperation:
    """One operation of the contract. `read` validates parameters and body (400), `find` the ids (404), `act` acts."""

    id: str
    method: str
    path: str
    scope: str
    act: Callable[[MockCall], MockReply]
    read: Callable[[MockCall], None] = check_nothing
    find: Callable[[MockCall], None] = check_nothing
    statuses: frozenset[int] = frozenset()
