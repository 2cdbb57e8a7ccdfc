"""Run one key of a load run: find the opening of its window, then send at its profile's pace."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import gevent
from gevent.pool import Group

from nhq.load.locust_sender import KeySender, LocustReply
from nhq.load.pace_tolerance import Windows
from nhq.load.precise_timing import CLOCK, now_on_both_clocks, wait_until
from nhq.load.profile import Pace
from nhq.load.send_plan import SendPlan
from nhq.load.traffic_mix import Ids, Mix, MixCall, MixRow, make_call, scopes_of, to_learn
from nhq.load.window_opening import MARGIN, next_opening
from nhq.ratelimit.history.history_schema import header_number
from nhq.ratelimit.history.write_history import ClockPair
from nhq.ratelimit.workloads.arrivals import Shot

#: A shot's greenlet is ready, and a burst's connections are open, this long before its instant.
LEAD = 0.3
#: After a request without a reply a slot rests, lest it spins on a server that is gone.
REST = 0.2


class StartBarrier:
    """The common start of a worker's keys: the latest of the openings that they found."""

    def __init__(self) -> None:
        self._opening = 0.0

    def pass_at(self, opening: float) -> ClockPair:
        """Wait until every opening told so far (wall seconds) is over; the start that all agree on."""
        self._opening = max(self._opening, opening)
        while True:
            now = now_on_both_clocks()
            start = self._opening + MARGIN
            if now.wall >= start:
                return ClockPair(now.monotonic - (now.wall - start), start)
            gevent.sleep(min(start - now.wall, 0.5))


@dataclass(frozen=True, slots=True)
class KeyRunSettings:
    """Settings that all keys of a run share. `rest`: seconds that a flooding slot pauses after a refusal."""

    plan: SendPlan
    rows: dict[str, MixRow]
    mix: dict[str, int]
    seed: int
    rest: float = 0.0


class KeyRun:
    """One key's part of a run. `senders` has one for each source address; `warm` opens connections for a burst."""

    def __init__(
        self, brief: KeyRunSettings, index: int, senders: list[KeySender], warm: Callable[[int], None]
    ) -> None:
        self._brief, self._plan, self._index, self._senders = brief, brief.plan, index, senders
        self._rng = random.Random(f"{brief.seed} {index}")
        self._ids = Ids()
        self._mix = Mix(brief.mix, brief.rows, self._ids, self._rng)
        self._warm = warm
        self._windows = Windows(brief.plan.window)
        self._blocked = 0.0

    def go(self, gate: StartBarrier) -> None:
        """Do it all, and return when the last answer has come."""
        start = gate.pass_at(self._look())
        if self._plan.profile.pace is Pace.SCHEDULED:
            self._shoot(start)
        else:
            self._loop(start)

    def _look(self) -> float:
        """Read the lists whose ids the mix needs, one request at least; when this key's window is over (wall)."""
        opening, scopes = 0.0, scopes_of(self._brief.mix, self._brief.rows)
        for name in to_learn(self._brief.mix, self._brief.rows):
            for _ in range(2):
                reply = self._senders[0].send(make_call(self._brief.rows[name], self._ids, self._rng), read=True)
                opening = next_opening(reply.sent, reply.received, reply.headers, self._plan.window)
                if reply.status != 429:
                    break
                gevent.sleep(max(0.0, opening + MARGIN - now_on_both_clocks().wall))
            self._ids.learn(name, reply.body)
            if reply.status == 401 or (reply.status == 403 and self._brief.rows[name].scope in scopes):
                raise PermissionError(f"{name} was answered {reply.status}")
        return opening

    def _shoot(self, start: ClockPair) -> None:
        """Send each shot at its instant, in a greenlet of its own: a late answer delays nothing."""
        shots = list(self._plan.shots(self._index))
        bursts = Counter(shot.barrier for shot in shots if shot.barrier >= 0)
        flying = Group()
        for shot in shots:
            at = ClockPair(start.monotonic + shot.at, start.wall + shot.at)
            gevent.sleep(max(0.0, at.monotonic - LEAD - CLOCK.monotonic()))
            if count := bursts.pop(shot.barrier, 0):
                flying.spawn(self._warm, count)
            flying.spawn(self._fire, shot, at, self._mix.next())
        flying.join()

    def _fire(self, shot: Shot, at: ClockPair, call: MixCall) -> None:
        wait_until(at.monotonic)
        wait_until(self._windows.full_until)
        reply = self._senders[shot.address % len(self._senders)].send(call, at)
        if self._plan.profile.patient:
            self._windows.see(reply.headers, reply.received.monotonic)

    def _loop(self, start: ClockPair) -> None:
        end = start.monotonic + self._plan.seconds
        flying = Group()
        for _ in range(self._plan.profile.slots):
            flying.spawn(self._slot, end)
        flying.join()

    def _slot(self, end: float) -> None:
        """One request after the other until `end`."""
        while (now := CLOCK.monotonic()) < end:
            if self._blocked > now:
                gevent.sleep(min(self._blocked, end) - now)
                continue
            self._learn(self._senders[0].send(self._mix.next()))

    def _learn(self, reply: LocustReply) -> None:
        """Learn from an answer when this key may send its next request."""
        pace = self._plan.profile.pace
        if reply.status is None:
            gevent.sleep(REST)
        if pace is Pace.FLOOD:
            if reply.status == 429 and self._brief.rest:
                gevent.sleep(self._brief.rest)
            return
        left, _ = header_number(reply.headers.get("x-ratelimit-remaining"))
        if reply.status == 429 or (pace is Pace.POLITE and left == 0):
            opening = next_opening(reply.sent, reply.received, reply.headers, self._plan.window)
            self._blocked = CLOCK.monotonic() + opening + MARGIN - now_on_both_clocks().wall
