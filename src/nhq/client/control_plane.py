"""The mock's control plane: clock, snapshots, keys, troubles. Absent on a live target."""

from collections.abc import Sequence
from typing import Any

import requests
from requests.adapters import BaseAdapter

from nhq.errors import TargetError
from nhq.masking import learn_secrets

_SECONDS = 10


class ControlPlane:
    """A client of `control_url`. Raises TargetError when the control plane doesn't answer as documented.

    `wire` takes the place of the network; `verify` is what requests takes for the certificates to trust.
    """

    def __init__(self, url: str, token: str, wire: BaseAdapter | None = None, verify: str | bool = True) -> None:
        self._url = url
        self._http = requests.Session()
        if wire is not None:
            self._http.mount("http://", wire)
            self._http.mount("https://", wire)
        self._http.trust_env = False
        self._http.verify = verify
        self._http.headers["X-Control-Token"] = token

    def now(self) -> float:
        """The mock's wall time."""
        return _number(self._ask("GET", "clock"), "now")

    def still(self) -> bool:
        """Does the mock's clock stand still until moved?"""
        return bool(self._ask("GET", "clock").get("mode") == "still")

    def advance(self, seconds: float) -> float:
        """Move the mock's clock; returns its new wall time."""
        return _number(self._ask("POST", "clock", {"advance": seconds}), "now")

    def snapshot(self) -> str:
        """Take a snapshot of the mock's whole state; returns its id."""
        return _text(self._ask("POST", "snapshot"), "id")

    def restore(self, snapshot: str) -> float:
        """Restore the whole state; returns the mock's wall time then."""
        return _number(self._ask("POST", "restore", {"id": snapshot}), "now")

    def trouble(self, name: str, on: bool) -> None:
        """Switch a provider's or sender's trouble on or off."""
        self._ask("POST", "trouble", {"name": name, "on": on})

    def fault(self, ident: str, on: bool) -> None:
        """Switch a fault or a variant of the mock on or off."""
        self._ask("POST", "fault", {"id": ident, "on": on})

    def landmarks(self) -> dict[str, str]:
        """What the mock planted for a purpose, by name, as it spells ids at present."""
        return {str(name): str(ident) for name, ident in self._ask("GET", "landmarks").items()}

    def issue(self, workspace: str, scopes: Sequence[str], label: str) -> str:
        """Issue a new key; returns its secret."""
        asked = {"workspace": workspace, "scopes": list(scopes), "label": label}
        secret = _text(self._ask("POST", "keys", asked), "key")
        learn_secrets([secret])
        return secret

    def close(self) -> None:
        self._http.close()

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        try:
            url = f"{self._url}/{path}"
            answer = self._http.request(method, url, json=body, timeout=_SECONDS, allow_redirects=False)
            if answer.is_redirect:  # the token goes where the target file sends it, and nowhere else
                raise TargetError(f"the control plane redirects {path}; write its own address as control_url")
            answer.raise_for_status()
            told = answer.json()
        except requests.RequestException as problem:
            raise TargetError(f"the control plane did not answer {path}: {type(problem).__name__}") from None
        if not isinstance(told, dict):
            raise TargetError(f"the control plane answered {path} with JSON that is no object; is control_url right?")
        return told


def _number(told: dict[str, Any], name: str) -> float:
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TargetError(f"the control plane answered without the number {name!r}; is control_url right?")
    return float(value)


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        raise TargetError(f"the control plane answered without the text {name!r}; is control_url right?")
    return value


class ControlledClock:
    """The mock's clock as the suite's clock: sleeping moves it. Cached, because it stands still in between."""

    def __init__(self, control: ControlPlane) -> None:
        self._control = control
        self._now = self._start = control.now()

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now - self._start

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._now = self._control.advance(seconds)

    def restored(self, now: float) -> None:
        """A snapshot put the clock back."""
        self._now = now
