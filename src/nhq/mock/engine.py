"""The running mock without its transport: state, limiter, keys, clock, and the stages of each request."""

import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from nhq.clock import Clock
from nhq.mock.api_keys import Key, KeyRing
from nhq.mock.body_intake import MAX_BODY
from nhq.mock.call import MockCall, MockReply, Refused
from nhq.mock.encoded_views import Views, encode
from nhq.mock.limiter import Counter, Limiter
from nhq.mock.policies import Policies
from nhq.mock.served_document import ServedDocument
from nhq.mock.store import Store

log = logging.getLogger("nhq.mock")
COMMON = frozenset({401, 403, 429})  # documented on every operation
TOO_MANY = "too many requests: the allowance of this window is used up"
_PREFERRED = re.compile(r"\bcode=(\d{3})\b")


USUAL = Policies()
SPELLING, WAITING = ("spelt_ids", "spelt_times", "spelt_json"), ("delay", "lag", "race")
LIVELY = ("meanwhile",)
#: The kinds of ids in paths, by their prefixes.
KINDS = {"campaign_id": "camp", "lead_id": "lead", "lead_list_id": "list", "conversation_id": "conv"}
LOOKING = frozenset({"body", "exists", "act"})  # the stages that read the store


def _otherwise(policies: Policies, *names: str) -> bool:
    """Does one of these policies differ from the usual one?"""
    return any(getattr(policies, name) is not getattr(USUAL, name) for name in names)


@dataclass(slots=True)
class Engine:
    """The state of one server. `policies` are changed through `adopt` only, because views depend on them.

    `document` is served in place of the bundled one.
    """

    store: Store
    ring: KeyRing
    limiter: Limiter
    clock: Clock
    policies: Policies
    troubles: set[str] = field(default_factory=set)
    document: ServedDocument | None = None
    views: Views = field(init=False)
    respelt: bool = field(init=False)
    slow: bool = field(init=False)
    lively: bool = field(init=False)

    def __post_init__(self) -> None:
        self.adopt(self.policies)

    def put_back(self, store: Store, ring: KeyRing, troubles: set[str]) -> None:
        """Restore an earlier state."""
        self.store, self.ring, self.troubles = store, ring, troubles

    def adopt(self, policies: Policies) -> None:
        """Decide by other policies from now on.

        `respelt`: ids, times or JSON are spelt differently on the wire than in the store. `slow`: requests may have to
        wait. `lively`: the store changes without any request.
        """
        self.policies = policies
        self.views = Views(policies)
        self.respelt, self.slow = _otherwise(policies, *SPELLING), _otherwise(policies, *WAITING)
        self.lively = _otherwise(policies, *LIVELY)

    def spelt(self, named: Mapping[str, str]) -> dict[str, str]:
        """Ids by name, as they are spelt on the wire."""
        owner, spelt = self.store.owner, self.policies.spelt_ids
        return {name: spelt(i.encode(), True, owner.get(i, ""), "").decode() for name, i in named.items()}

    def read_ids(self, call: MockCall) -> None:
        """Replace the ids of a request's path by the store's, if they are spelt differently on the wire."""
        key = self._key_of(call)
        workspace = key.workspace if key is not None else ""
        kinds = [KINDS.get(name, "") for name in re.findall(r"{(\w+)}", call.operation.path)]
        told = zip(call.ids, kinds or [""] * len(call.ids), strict=True)
        spelt_ids = call.policies.spelt_ids
        call.respell(tuple([spelt_ids(i.encode(), False, workspace, kind).decode() for i, kind in told]))

    def _key_of(self, call: MockCall) -> Key | None:
        """The key that was sent, valid or not."""
        token = self.policies.read_token(call.header(b"authorization"))
        return self.policies.find_key(call.operation.id, self.ring.by_secret, token)

    def name(self, call: MockCall) -> None:
        """Stage `name`: note the key that was sent, if any, valid or not. Refuses nothing; `key` does that."""
        key = self._key_of(call)
        if key is not None:
            call.name_key(key)

    def identify(self, call: MockCall) -> None:
        """Stage `key`: 401 unless a known key that is not revoked is sent as a bearer token."""
        self.name(call)
        if not self.policies.key_valid(call.operation.id, call.key):
            raise Refused(401, "unauthorized", "a valid API key is required as a bearer token")

    def look(self, call: MockCall) -> tuple[str, Counter]:
        """The limiter's counter for this request."""
        bucket = self.policies.bucket(call.operation.id, call.label, call.workspace)
        return bucket, self.limiter.look(self.policies, bucket, call.label, call.now)

    def limit(self, call: MockCall) -> None:
        """Stage `limit`: 429 when the window's allowance is used up."""
        bucket, counter = call.seen or self.look(call)
        operation, label = call.operation.id, call.label
        admitted, quota = self.limiter.judge(self.policies, operation, label, bucket, counter, call.now)
        call.judge_quota(bucket, quota, not admitted)
        if call.excess:
            raise Refused(429, "rate_limited", TOO_MANY)

    def authorize(self, call: MockCall) -> None:
        """Stage `scope`: 403 without the scope that the operation names."""
        operation = call.operation
        scope = self.policies.required_scope(operation.id, operation.scope)
        scopes = call.key.scopes if call.key else frozenset()
        if scope and not self.policies.scope_allows(operation.id, scopes, scope):
            raise Refused(403, "forbidden", f"this API key lacks the scope {scope}")

    def count(self, call: MockCall) -> None:
        """Stage `count`: count the request as `limit` does, but let `full` refuse it."""
        with suppress(Refused):
            self.limit(call)

    def full(self, call: MockCall) -> None:
        """Stage `full`: 429 for a request that exceeded the limit in `count`."""
        if call.excess:
            raise Refused(429, "rate_limited", TOO_MANY)

    def read(self, call: MockCall) -> None:
        """Stage `body`: 400 for a query or a body that the operation doesn't take."""
        if call.unread:
            raise Refused(413, "too_large", f"a body may have {MAX_BODY} bytes at most")
        status = self.policies.oversize(call.operation.id, len(call.query_string), call.headers, len(call.raw))
        if status:
            raise Refused(status, "too_large", "the request is too large")
        call.query()
        call.operation.read(call)

    def prefer(self, call: MockCall) -> None:
        """Stage `prefer`: `Prefer: code=404` asks for a documented error, as in Prism."""
        wish = call.header(b"prefer")
        asked = _PREFERRED.search(wish) if wish else None
        if asked is None:
            return
        documented = call.operation.statuses | COMMON
        if self.policies.preferred(call.operation.id, int(asked[1]), documented):
            raise Refused(int(asked[1]), "preferred", "this error was asked for by the Prefer header")

    def refusal(self, call: MockCall, refused: Refused) -> MockReply:
        """The error envelope."""
        status = self.policies.error_status(call.operation.id, refused.status)
        return MockReply(
            status, encode(self.policies.error_body(call.operation.id, status, refused.code, str(refused)))
        )

    def answer(self, call: MockCall) -> MockReply:
        """Answer a request; its cost is counted then, and refunded if a policy says so."""
        reply = self._judge(call)
        if call.bucket in self.limiter.counters and self.policies.refunds(call.operation.id, reply.status):
            self.limiter.refund(call.bucket)
        return reply

    def _judge(self, call: MockCall) -> MockReply:
        """Run the stages; the first that refuses ends it. A crash is a 500."""
        try:
            done, passed = None, not self.lively
            for stage in self.policies.stages(call.operation.id):
                if not passed and stage in LOOKING:
                    passed = True
                    self._let_pass(call)
                if stage == "act":
                    if call.method != "GET":
                        self.views.stale()
                    done = call.operation.act(call)
                else:
                    STAGES[stage](self, call)
            return done or self.refusal(call, Refused(500, "internal_error", "no stage made an answer"))
        except Refused as refused:
            return self.refusal(call, refused)
        except Exception:
            log.exception("the mock failed in %s", call.operation.id)
            return self.refusal(call, Refused(500, "internal_error", "the mock itself failed"))

    def _let_pass(self, call: MockCall) -> None:
        """Change the store as the policies say, before an id is looked up, so that none disappears in between."""
        self.policies.meanwhile(call.operation.id, call.workspace, self.store, call.now)
        self.views.stale()

    def look_ahead(self, call: MockCall) -> None:
        """Read the limiter's counter before a lag, as a server does that reads and writes it in two steps."""
        with suppress(Refused):
            self.identify(call)
            call.look_ahead(self.look(call))


STAGES: dict[str, Callable[[Engine, MockCall], None]] = {
    "name": Engine.name,
    "key": Engine.identify,
    "limit": Engine.limit,
    "scope": Engine.authorize,
    "prefer": Engine.prefer,
    "count": Engine.count,
    "full": Engine.full,
    "body": Engine.read,
    "exists": lambda engine, call: call.operation.find(call),
}
