"""The Locust side: one user is one key. Imported by load/locustfile.py, inside Locust's own process only."""

import json
import os
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import gevent
from gevent.socket import wait_read
from geventhttpclient.client import HTTPClientPool
from locust import FastHttpUser, task
from locust.contrib.fasthttp import FastHttpSession
from locust.exception import StopUser
from locust.runners import STATE_MISSING, MasterRunner, WorkerRunner

from nhq.child_processes import leave_at_once, parent_descriptor
from nhq.errors import NhqError
from nhq.load.key_runner import KeyRun
from nhq.load.locust_arguments import add_arguments, load_locust_target, settings_from_locust
from nhq.load.locust_connection import connection_options
from nhq.load.locust_sender import ANSWER, CONNECT, KeySender
from nhq.load.locust_worker import ANSWERS, DONE, STOP, LocustWorker, Part
from nhq.load.no_retry_client import OncePool
from nhq.load.processes import PROGRESS_FD
from nhq.masking import mask_output

_TICK = 0.5


class KeyUser(FastHttpUser):
    """A Locust user that has one key of the target and does this key's part of the profile."""

    abstract = True
    insecure = False
    max_retries = 0
    max_redirects = 0
    network_timeout = ANSWER
    connection_timeout = CONNECT

    def __init__(self, environment: Any) -> None:
        self._worker: LocustWorker = environment.nhq_worker
        self._part: Part | None = self._worker.part
        self._key = self._part.waiting.pop(0) if self._part is not None and self._part.waiting else None
        if self._part is not None:
            self.host = self._part.target.base_url
            self._part.start_key(self._key is not None)
            self._pools = [self._pool(address) for address in _addresses(self._part)]
            self.client_pool: HTTPClientPool | None = self._pools[0]
        super().__init__(environment)

    @task
    def run_key(self) -> None:
        """All that this key sends."""
        if self._part is None or self._key is None:
            raise StopUser
        try:
            self._run(self._part).go(self._part.gate)
        except PermissionError as problem:
            self._worker.fail(f"key {self._key[1].label} is of no use: {problem}")
        finally:
            self._worker.ended()
        raise StopUser

    def _run(self, part: Part) -> KeyRun:
        assert self._key is not None
        index, identity = self._key
        sessions = [self._session(pool) for pool in self._pools]
        who, more = (identity.label, identity.secret), part.target.connection.headers
        senders = [KeySender(session, part.recording, *who, self._worker.fail, more) for session in sessions]
        return KeyRun(part.brief, index, senders, self._warm)

    def _pool(self, address: str) -> OncePool:
        assert self._part is not None
        return OncePool(
            address,
            concurrency=self._part.brief.plan.together(),
            connection_timeout=CONNECT,
            network_timeout=ANSWER,
            **connection_options(self._part.target.connection),
        )

    def _session(self, pool: OncePool) -> FastHttpSession:
        return FastHttpSession(
            base_url=self.host,
            request_event=self.environment.events.request,
            user=self,
            insecure=False,
            client_pool=pool,
            max_retries=0,
            max_redirects=0,
        )

    def _warm(self, count: int) -> None:
        self._pools[0].warm(str(self.host), count)


def _addresses(part: Part) -> list[str]:
    """Source addresses: several only where the target is on this machine, which has all of 127.0.0.0/8."""
    if part.brief.plan.addresses > 1 and urlsplit(part.target.base_url).hostname == "127.0.0.1":
        return [f"127.0.0.{number}" for number in range(1, part.brief.plan.addresses + 1)]
    return [""]


def listen_to_locust(events: Any) -> None:
    """Hook into Locust's events (`locust.events`). Nothing that Locust logs from now on holds a key."""
    mask_output()
    gevent.spawn(_end_with_parent)
    events.init_command_line_parser.add_listener(add_arguments)
    events.init.add_listener(lambda environment, **_: _hook(environment))


def _end_with_parent() -> None:
    """Whoever started us is gone: send nothing more. A thread that waits for it would stop all of gevent's."""
    descriptor = parent_descriptor()
    if descriptor is not None:
        wait_read(descriptor)
        leave_at_once()


def _hook(environment: Any) -> None:
    """A process of Locust's begins."""
    worker = environment.nhq_worker = LocustWorker(environment)
    on = environment.events
    on.test_start.add_listener(lambda **_: worker.start())
    on.spawning_complete.add_listener(lambda **_: worker.spawned())
    on.test_stop.add_listener(lambda **_: worker.stop())
    on.quit.add_listener(lambda **_: worker.stop())
    if not isinstance(environment.runner, WorkerRunner):
        _show_host(environment)
    gevent.spawn(_progress, environment)
    if isinstance(environment.runner, MasterRunner):
        environment.runner.register_message(ANSWERS, lambda msg, **_: worker.hear(msg.node_id, msg.data))
        Done(environment.runner)
    elif isinstance(environment.runner, WorkerRunner):
        environment.runner.register_message(STOP, lambda msg, **_: worker.fail(msg.data["line"]))


def _show_host(environment: Any) -> None:
    """Fill the web UI's host from the target file."""
    with suppress(NhqError):
        told = settings_from_locust(environment.parsed_options)
        environment.host = load_locust_target(told.target, environment.host, os.environ).base_url


def _progress(environment: Any) -> None:
    """A JSON line now and then to whoever started us and gave us a pipe."""
    if PROGRESS_FD not in os.environ:
        return
    with os.fdopen(int(os.environ[PROGRESS_FD]), "w", encoding="utf-8") as pipe:
        while True:
            print(json.dumps(_state(environment)), file=pipe, flush=True)
            gevent.sleep(_TICK)


def _state(environment: Any) -> dict[str, Any]:
    """How far it is. A worker's statistics are sent to its master and forgotten: it knows only what it has sent."""
    runner, total = environment.runner, environment.runner.stats.total
    if isinstance(runner, WorkerRunner):
        return {"requests": environment.nhq_worker.sent, "state": runner.state}
    state = {"requests": total.num_requests, "failures": total.num_failures, "state": runner.state}
    return state | {"port": runner.server.port} if isinstance(runner, MasterRunner) else state


class Done:
    """The master's count of workers that have sent all; when none is left, the test ends."""

    def __init__(self, runner: MasterRunner) -> None:
        self._runner = runner
        self._done: set[str] = set()
        runner.register_message(DONE, self._one)
        gevent.spawn(self._watch)

    def _one(self, environment: Any, msg: Any) -> None:
        self._done.add(msg.node_id)

    def _watch(self) -> None:
        while True:
            gevent.sleep(_TICK)
            living = {client.id for client in self._runner.clients.all if client.state != STATE_MISSING}
            if self._done and living <= self._done:
                self._done.clear()
                headless = getattr(self._runner.environment.parsed_options, "headless", False)
                gevent.spawn(self._runner.quit if headless else self._runner.stop)
