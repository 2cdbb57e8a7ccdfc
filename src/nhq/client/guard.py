"""May this effect happen here? Refuses before a byte leaves, and names what to write to permit it."""

from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from nhq.client.target import Target
from nhq.contract import Contract
from nhq.errors import NotPermitted
from nhq.model import Effect
from nhq.needs import EFFECT

_DOES = {
    Effect.READ: "reads",
    Effect.WRITE: "writes",
    Effect.SEND: "reaches people",
    Effect.SPEND: "costs credits",
}
_HARMLESS = {"GET", "HEAD", "OPTIONS", "TRACE"}


def effect_of(contract: Contract, method: str, path: str) -> tuple[str | None, Effect]:
    """The operation a request calls, if any, and its effect; an unknown call that may change something is a write."""
    match = contract.match(method, path)
    if match is not None:
        return match[0].id, match[0].effect
    return None, Effect.READ if method in _HARMLESS else Effect.WRITE


class Guard(BaseAdapter):
    """First link of the chain: raises NotPermitted for an effect the target file doesn't allow."""

    def __init__(self, target: Target, contract: Contract, inner: BaseAdapter) -> None:
        super().__init__()
        self._target, self._contract, self._inner = target, contract, inner

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        self.check(request)
        return self._inner.send(request, *args, **kwargs)

    def check(self, request: PreparedRequest) -> None:
        """Raises NotPermitted for a request whose effect isn't allowed."""
        path = below_base(self._target, request.url or "")
        operation, effect = effect_of(self._contract, request.method or "", path)
        if effect not in self._target.allow:
            named = operation or f"{request.method} request"
            told = f"not permitted: {named} {_DOES[effect]}; {self._how(effect)}"
            raise NotPermitted(told, f"{EFFECT} {effect}")
        if effect is not Effect.READ and not self._target.loopback and not self._named(operation):
            raise NotPermitted(
                f"not permitted: the effect of {operation} is not known yet; "
                f'write new_operations = ["{operation}"] in the target file to permit it'
            )

    def close(self) -> None:
        self._inner.close()

    def _named(self, operation: str | None) -> bool:
        """Is an operation one that we have written of, or that the target's owner names?"""
        derived = operation is not None and self._contract.operations[operation].derived
        return not derived or operation in self._target.new_operations

    def _how(self, effect: Effect) -> str:
        if effect in self._target.withheld:
            return f"give --allow-{effect}"
        grave = effect in {Effect.SEND, Effect.SPEND} and not self._target.loopback
        return f'add "{effect}" to allow in the target file' + (f" and give --allow-{effect}" if grave else "")


def below_base(target: Target, url: str) -> str:
    """Path and query below the target's base. Raises NotPermitted for a URL elsewhere: nothing leaves the target."""
    if not (url == target.base_url or url.startswith((target.base_url + "/", target.base_url + "?"))):
        raise NotPermitted("not permitted: the request would leave the target's base_url")
    return url[len(target.base_url) :] or "/"
