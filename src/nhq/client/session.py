"""One way out: a requests session whose adapter chain is guard, pacing, recorder, transport."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import BaseAdapter

from nhq.client.control_plane import ControlledClock, ControlPlane
from nhq.client.guard import Guard
from nhq.client.pacing import Pacer
from nhq.client.quota import Allowance
from nhq.client.recorder import ExchangeRecorder
from nhq.client.run_deadline import RunDeadline
from nhq.client.running_test import Running
from nhq.client.target import Target
from nhq.client.traces import Traces
from nhq.client.transport import Limits, NetworkAdapter
from nhq.clock import Clock, SystemClock
from nhq.contract import Contract
from nhq.model import Exchange


class Http(requests.Session):
    """A requests session without proxies, netrc, redirects and cookies."""

    def __init__(self, chain: Guard) -> None:
        super().__init__()
        self.guard = chain
        self.trust_env = False  # netrc would add a key where a test sends none
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # one key's session would speak for another
        self.headers.clear()
        self.headers["Accept"] = "application/json"
        self.headers["Accept-Encoding"] = "identity"
        self.headers["User-Agent"] = "networkhq-conformance"
        self.adapters.clear()
        self.mount("http://", chain)
        self.mount("https://", chain)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """A redirect is an answer; it is never followed."""


@dataclass(frozen=True, slots=True)
class Session:
    """Everything a test needs to talk to one target."""

    target: Target
    contract: Contract
    clock: Clock
    http: Http
    budget: Pacer
    recorder: ExchangeRecorder
    control: ControlPlane | None = None
    running: Running = field(default_factory=Running)

    @property
    def moves_clock(self) -> bool:
        """Is the target's clock ours? Then waiting moves it, and costs no time."""
        return isinstance(self.clock, ControlledClock)

    def snapshot(self) -> str:
        """Take a snapshot of the target; returns its id, "" for a target that can't be restored."""
        return self.control.snapshot() if self.control is not None else ""

    def restore(self, snapshot: str) -> None:
        """Restore a controlled target; if its clock goes back too, forget what we knew of its counters."""
        if self.control is None or not snapshot:
            return
        now = self.control.restore(snapshot)
        if isinstance(self.clock, ControlledClock):
            self.clock.restored(now)
            self.budget.forget()
        self.recorder.begin_epoch()

    def send_at_once(self, requests: Sequence[requests.Request]) -> list[Exchange]:
        """Send several requests at one instant. Raises NotPermitted where the target doesn't allow one of them."""
        prepared = [self.http.prepare_request(request) for request in requests]
        for request in prepared:
            self.http.guard.check(request)
        return self.budget.send_at_once(prepared)

    def close(self) -> None:
        """Close the connections."""
        self.http.close()
        if self.control is not None:
            self.control.close()


def open_session(
    target: Target,
    contract: Contract,
    wire: BaseAdapter | None = None,
    clock: Clock | None = None,
    limits: Limits | None = None,
    course: RunDeadline | None = None,
    before: Callable[[], None] = lambda: None,
    traces: Traces | None = None,
    allowance: Allowance | None = None,
) -> Session:
    """A session for a target; with a control plane whose clock stands still, waiting moves that clock.

    `wire` is the chain's last link, where a cassette takes the network's place; the control plane is reached by it
    too. `clock` is what time is read from where no control plane keeps it. `limits` are how long an answer may take,
    `course` how long the run may. `before` is called before each request. `traces` are the run's trace ids.
    `allowance` is what is known of the keys' windows; the session goes on learning it.
    """
    control = (
        ControlPlane(target.control_url, target.control_token, wire, target.connection.verify)
        if target.controlled
        else None
    )
    moved = ControlledClock(control) if control is not None and control.still() else None
    clock = moved or clock or SystemClock()
    running = Running()
    known = traces or Traces()
    network = NetworkAdapter(limits, target.connection, traced=lambda: known.headers(running.present.name))
    recorder = ExchangeRecorder(target, contract, clock, wire or network, running, known if wire is None else None)
    budget = Pacer(target, clock, recorder, course, running, before, allowance)
    http = Http(Guard(target, contract, budget))
    return Session(target, contract, clock, http, budget, recorder, control, running)
