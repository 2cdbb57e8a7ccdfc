"""Operations by name: what scenarios call. Every request goes through the session's chain."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from requests import Request

from nhq.checks.list_page import list_page
from nhq.client.guard import effect_of
from nhq.client.operation_outcomes import Answered
from nhq.client.request_fitting import Query, fit_request
from nhq.client.session import Session
from nhq.client.written_values import WrittenValues
from nhq.contract import Operation
from nhq.errors import Away, PreconditionNotMet, TargetError
from nhq.model import Effect, Exchange, Identity
from nhq.needs import need_of_scope

CRAWL = 6  # pages that most crawls stay within: a key with less left would make one wait in its midst
PAUSES = (0.2, 0.8, 2.0)  # seconds before a read that got no answer is sent again

#: Tells whether a write that got no answer may be sent once more: operation, path parameters, JSON body.
Undone = Callable[["Api", str, Mapping[str, str], Any], bool]


@dataclass(frozen=True, slots=True)
class Crawl:
    """All pages of one list: exchanges in order, items in order, and whether it ended by itself."""

    pages: tuple[Exchange, ...]
    items: tuple[Any, ...]
    complete: bool

    @property
    def ids(self) -> list[str]:
        """The items' ids in order."""
        return [str(item["id"]) for item in self.items]

    @property
    def last(self) -> Exchange:
        return self.pages[-1]


class Api:
    """Calls operations with a fitting key, so that most scenarios name no key."""

    def __init__(self, session: Session, undone: Undone | None = None) -> None:
        """`undone` tells whether a write that got no answer may be sent once more; without it none is."""
        self.session = session
        self._undone = undone
        self.target = session.target
        self.answered = Answered(session.contract)
        self.kept = WrittenValues(session.target.workspace)
        self._last: Exchange | None = None
        self._used: dict[str, Identity] = {}
        self.lost: Away | None = None  # the last answer that didn't come in the present test
        self._dark = False  # the last request got no answer, however often it was sent: the next is sent once
        session.recorder.listeners.extend([self._keep, self.answered.hear, self.kept.hear])

    def begin(self) -> None:
        """Start a test: forget which key fetched the previous test's cursors."""
        self._used.clear()
        self.lost = None

    def _keep(self, exchange: Exchange) -> None:
        self._last = exchange

    def key(self, operation: str, workspace: str | None = None, need: int = 1) -> Identity:
        """A usable key for an operation, for `need` requests in a row.

        The widest where a snapshot puts the target back; else whichever has allowance, so call it for each request.
        Raises PreconditionNotMet when the target file has none.
        """
        scope = self.operation(operation).scope
        holders = self.target.holders(scope, workspace)
        if not holders:
            told = f"the target file has no key with {scope} in workspace {workspace or self.target.workspace}"
            raise PreconditionNotMet(
                told, need_of_scope(scope, elsewhere=workspace not in (None, self.target.workspace))
            )
        return self.session.budget.best(holders, need)

    def operation(self, operation: str) -> Operation:
        """A row by its id. Raises PreconditionNotMet where the contract has no such operation (any more)."""
        contract = self.session.contract
        if operation not in contract.operations:
            raise PreconditionNotMet(f"the contract has no {operation} any more")
        return contract.operations[operation]

    def call(
        self,
        operation: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Query | None = None,
        json: Any = None,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        key: Identity | str | None = "",
    ) -> Exchange:
        """One request, whatever comes back.

        `path` fills the template (values are percent-encoded), `json` or raw `body` is the payload, `key` an
        Identity, None for no Authorization at all, or left out for a fitting key. Raises TargetError when no
        answer comes, NotPermitted when the target doesn't allow the effect.
        """
        row, (target, parts) = self.operation(operation), self._asked(operation, path, query, json, body, headers, key)
        try:
            return self.send(row.method, target, **parts)
        except Away:
            if row.effect is not Effect.WRITE or not self._repeatable(operation, path or {}, parts["json"]):
                raise
        return self.send(row.method, target, **parts)

    def at_once(self, calls: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Exchange]:
        """Several requests at one instant, each an operation and its options as `call` takes them.

        Returns all answers, those of equal requests in the order of their statuses. Raises PreconditionNotMet where a
        request got no answer.
        """
        asked = [(self.operation(name).method, *self._asked(name, **options)) for name, options in calls]
        base = self.target.base_url
        answers = self.session.send_at_once([Request(method, base + path, **parts) for method, path, parts in asked])
        if any(answer.status is None for answer in answers):
            raise PreconditionNotMet("one of several requests at one instant got no answer")
        return answers

    def _asked(
        self,
        operation: str,
        path: Mapping[str, str] | None = None,
        query: Query | None = None,
        json: Any = None,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        key: Identity | str | None = "",
    ) -> tuple[str, dict[str, Any]]:
        """The path of a request below the base, and its parts as `requests` names them, its key among them."""
        row = self.operation(operation)
        if self.session.contract.former is not None:
            query, json = fit_request(self.session.contract, row, query, json)
        sent_headers = dict(headers or {})
        identity = self._fitting(operation, query) if key == "" else key
        if isinstance(identity, Identity):
            sent_headers.setdefault("Authorization", f"Bearer {identity.secret}")
        if body is not None:
            sent_headers.setdefault("Content-Type", "application/json")
        return fill_path(row.path, path or {}), {"params": query, "json": json, "data": body, "headers": sent_headers}

    def _repeatable(self, operation: str, path: Mapping[str, str], sent: Any) -> bool:
        """May a write that got no answer be sent once more? A target of ours is put back instead."""
        if self._undone is None or self.session.target.restorable or not self.session.budget.paced:
            return False
        return sent is not None and self._undone(self, operation, path, sent)

    def _fitting(self, operation: str, query: Query | None) -> Identity:
        """A key for a request; a cursor goes back with the key that fetched it, as it may be bound to that one."""
        last = self._used.get(operation)
        if last is None or "cursor" not in dict(query or {}):
            last = self._used[operation] = self.key(operation)
        return last

    def send(self, method: str, path: str, **parts: Any) -> Exchange:
        """Any request below the base, as it stands; `parts` as `requests` names them. No key is added.

        A read that got no answer, for a reason that passes, is sent again; not where a test counts its requests.
        """
        harmless = self._harmless(method, path)
        pauses = iter(PAUSES if harmless and not self._dark else ())
        while True:
            try:
                return self._once(method, path, parts)
            except Away as problem:
                self.lost, pause = problem, next(pauses, None)
                if pause is None or self.session.recorder.silenced:
                    self._dark = self._dark or harmless
                    raise
            self._pause(pause)

    def _once(self, method: str, path: str, parts: Mapping[str, Any]) -> Exchange:
        self._last = None
        self.session.http.request(method, self.target.base_url + path, **parts)
        if self._last is None:
            raise TargetError("the recorder saw no exchange")
        self._dark = False
        return self._last

    def _harmless(self, method: str, path: str) -> bool:
        return self.session.budget.paced and effect_of(self.session.contract, method, path)[1] is Effect.READ

    def _pause(self, seconds: float) -> None:
        """A moment; nobody waits for a target that nothing else uses."""
        if not self.session.target.restorable:
            self.session.clock.sleep(seconds)

    def ok(self, operation: str, **options: Any) -> Exchange:
        """A call that a scenario builds on: raises PreconditionNotMet unless a 2xx came back."""
        exchange = self.call(operation, **options)
        if not exchange.ok:
            raise PreconditionNotMet(
                f"{operation} answered {exchange.status} where the scenario needs a success to go on"
            )
        return exchange

    def crawl(
        self,
        operation: str,
        *,
        limit: int | None = 500,
        max_pages: int = 40,
        query: Mapping[str, Any] | None = None,
        start: Exchange | None = None,
        **options: Any,
    ) -> Crawl:
        """Follow next_cursor until has_more is false, at most `max_pages` pages (a list without end must not hang).

        `start` continues after a page already fetched. Items are those under `data`; for a conversation, its
        messages. Raises PreconditionNotMet when a page is no 2xx.
        """
        pages = [start] if start is not None else []
        base = dict(query or {}) | ({} if limit is None else {"limit": min(limit, self.operation(operation).limits[1])})
        options.setdefault("key", self.key(operation, need=min(max_pages, CRAWL)))
        read = [list_page(page) for page in pages]
        while len(pages) < max_pages and (not read or read[-1].leads_on):
            cursor = {"cursor": str(read[-1].next_cursor)} if read else {}
            pages.append(self.ok(operation, query=base | cursor, **options))
            read.append(list_page(pages[-1]))
        fresh = read[1:] if start is not None else read
        return Crawl(tuple(pages), tuple(item for page in fresh for item in page.rows), not read[-1].leads_on)

    @contextmanager
    def unpaced(self) -> Iterator[None]:
        """In this context a 429 is expected and nothing waits."""
        with self.session.budget.unpaced():
            yield


def fill_path(template: str, values: Mapping[str, str]) -> str:
    """A path template with its values percent-encoded."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", quote(str(value), safe=""))
    return template
