"""Checks the target file's address and keys before a run, so that a mistake in it is never blamed on the server.

One request a usable key, a list that its scopes open; a second one only where the first was refused, and a few more
only where nothing that answers looks like the API. Revoked keys are not asked: whether they are refused is for a test
to say.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import requests

from nhq.checks.rate_headers import RATE_HEADERS
from nhq.client.recorder import NO_ANSWER
from nhq.client.session import Session
from nhq.client.target import Target
from nhq.client.transport_errors import is_transient, unreachable_cause
from nhq.contract import Operation
from nhq.errors import ConfigError, TargetError
from nhq.model import Identity

#: Seconds to rest before a request that a gateway or a broken connection swallowed is sent again.
_RESTS = (0.5, 2.0)
_MANY = 3  # so many keys refused, all of one scope and no others: that is the server's doing


class KeyAnswerKind(StrEnum):
    """What an answer says of the address and the key. `own` is any answer of the API that lets the key pass."""

    OWN = "own"
    REFUSED = "refused"
    FORBIDDEN = "forbidden"
    ABSENT = "absent"
    MOVED = "moved"
    PAGE = "page"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class KeyAnswer:
    """One answer: which key asked which operation, what came, and what that is."""

    key: Identity
    operation: Operation
    answer: requests.Response
    kind: KeyAnswerKind


def usable_target(session: Session, skip: bool | None = None, first: Sequence[str] = ()) -> Target:
    """The target with the keys that the server knows. With `skip` those that it refuses are left out.

    None: the command has no such option. `first` are lists, by operation, to ask for rather than others. Raises
    ConfigError, one line that names the field or variable, for a refused key, and for a base_url that leads elsewhere;
    TargetError where nothing answers.
    """
    target = session.target
    keys = sorted((key for key in target.keys if not key.revoked), key=lambda key: -len(key.scopes))
    check = KeyCheck(session, first)
    asked = [check.ask(key) for key in keys]
    bad = check.refused(asked)
    if not bad:
        return target
    if len(bad) == len(keys) or not skip:
        raise ConfigError(_refused(target, bad, everyone=len(bad) == len(keys), offer=skip is not None))
    return target_without(target, bad)


def target_without(target: Target, bad: Sequence[Identity]) -> Target:
    """A target without some keys. Its main workspace stays the same. Raises ConfigError where that has no key left."""
    kept = [key for key in target.keys if key not in bad]
    main = [key for key in kept if key.workspace == target.workspace]
    if not any(not key.revoked for key in main):
        raise ConfigError(f"{target.name}: no usable key of workspace {target.workspace!r} is left: {_named(bad)}")
    return replace(target, keys=(*main, *(key for key in kept if key not in main)), refused=tuple(bad))


class KeyCheck:
    """Asks for lists with keys, and sees from the answers what is wrong."""

    def __init__(self, session: Session, first: Sequence[str] = ()) -> None:
        self._session = session
        rows = session.contract.operations.values()
        lists = [row for row in rows if row.method == "GET" and "{" not in row.path]
        self._lists = sorted(lists, key=lambda row: row.id not in first)
        self._placed = False

    def ask(self, key: Identity) -> KeyAnswer:
        """What a key is answered; asked a second time, by another list if it can, where it is refused.

        Raises ConfigError where none of the lists looks as if the API were there at all.
        """
        mine = [row for row in self._lists if row.scope in key.scopes] or self._lists
        asked = self._once(key, mine[0])
        if asked.kind is KeyAnswerKind.OWN:
            self._placed = True
        if asked.kind in (KeyAnswerKind.ABSENT, KeyAnswerKind.MOVED, KeyAnswerKind.PAGE) and not self._placed:
            self._place(asked)
        if asked.kind in (KeyAnswerKind.REFUSED, KeyAnswerKind.FOREIGN):
            asked = self._once(key, mine[1 % len(mine)])
        return asked

    def refused(self, asked: Sequence[KeyAnswer]) -> list[Identity]:
        """The keys that the server doesn't know. Raises ConfigError where something before it lets no key through."""
        foreign = [one for one in asked if one.kind is KeyAnswerKind.FOREIGN]
        if foreign and len(foreign) == len(asked):
            raise ConfigError(_gateway(self._session.target, foreign))
        bad = [one for one in asked if one.kind is KeyAnswerKind.REFUSED or _locked(one)]
        if self._takes_401_for_403(bad, asked):
            bad = [one for one in bad if one.operation.scope in one.key.scopes]
        return [] if _by_scopes(bad, asked) else [one.key for one in bad]

    def _takes_401_for_403(self, bad: Sequence[KeyAnswer], asked: Sequence[KeyAnswer]) -> bool:
        """Does the server say 401 where a scope is missing? Then it says nothing of keys that open no list.

        Asked with a key that it knows, and only where such a key was refused.
        """
        if all(one.operation.scope in one.key.scopes for one in bad):
            return False
        for one in asked:
            closed = [row for row in self._lists if row.scope not in one.key.scopes]
            if one not in bad and closed and one.operation.scope in one.key.scopes:
                return self._once(one.key, closed[0]).kind is KeyAnswerKind.REFUSED
        return False

    def _place(self, first: KeyAnswer) -> None:
        """Raises ConfigError where every other list is answered in the same strange way."""
        if all(self._once(first.key, row).kind is first.kind for row in self._lists if row is not first.operation):
            raise ConfigError(_elsewhere(self._session.target, first))
        self._placed = True

    def _once(self, key: Identity, row: Operation) -> KeyAnswer:
        answer = ask_with_key(self._session, row, key)
        return KeyAnswer(key, row, answer, key_answer_kind(answer))


def ask_with_key(session: Session, row: Operation, key: Identity) -> requests.Response:
    """The answer to a list of one row; what a gateway or a broken connection swallowed is asked for again.

    Raises TargetError, one line that names base_url or what else to change, where no answer comes.
    """
    url, query = session.target.base_url + row.path, {"limit": 1} if row.paginated else {}
    for rest in (*_RESTS, None):
        try:
            return session.http.get(url, params=query, headers={"Authorization": f"Bearer {key.secret}"})
        except TargetError as problem:
            cause = str(problem).removeprefix(NO_ANSWER)
            if rest is None or not is_transient(cause):
                raise TargetError(f"{session.target.base_url}: {_mended(session.target, cause)}") from None
            session.clock.sleep(rest)
    raise AssertionError("the last try returns or raises")


def _mended(target: Target, cause: str) -> str:
    """Why no answer came, with the field of the target file that may change it."""
    there = target.connection
    if target.base_url.startswith("https:") and cause.startswith("the connection was") and not there.client_cert:
        cause = f"{cause}; it may want a client certificate"
    return unreachable_cause(cause) + (" (through the proxy that proxy names)" if there.proxy else "")


def key_answer_kind(answer: requests.Response) -> KeyAnswerKind:
    """What an answer to a list says of the address and the key."""
    status, own = answer.status_code, bears_the_api(answer)
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if 300 <= status < 400:
        return KeyAnswerKind.MOVED
    if status == 404:
        return KeyAnswerKind.ABSENT
    if kind == "text/html" and not own and not 400 <= status < 500:
        return KeyAnswerKind.PAGE
    if 400 <= status < 500 and status != 429 and not own:
        return KeyAnswerKind.FOREIGN
    return {401: KeyAnswerKind.REFUSED, 403: KeyAnswerKind.FORBIDDEN}.get(status, KeyAnswerKind.OWN)


def bears_the_api(answer: requests.Response) -> bool:
    """Has an answer one of the API's headers, or its error envelope? A gateway's own answers have neither."""
    if any(name in answer.headers for name in RATE_HEADERS):
        return True
    try:
        error = json.loads(answer.content).get("error")
    except (ValueError, RecursionError, AttributeError):
        return False
    return isinstance(error, dict) and isinstance(error.get("code"), str)


def _locked(one: KeyAnswer) -> bool:
    """A bare 401: some servers answer keys that they don't know without any of the API's forms."""
    return one.kind is KeyAnswerKind.FOREIGN and one.answer.status_code == 401


def _by_scopes(bad: Sequence[KeyAnswer], asked: Sequence[KeyAnswer]) -> bool:
    """Are exactly the keys of one scope refused, and many of them? No slip does that; it is for the tests to judge."""
    single = [one for one in asked if len(one.key.scopes) == 1]
    return len(bad) >= _MANY and len(bad) < len(asked) and bad == single


def _refused(target: Target, bad: Sequence[Identity], *, everyone: bool, offer: bool) -> str:
    if everyone:
        return f"{target.name}: every key is refused (401 twice): {_named(bad)}; set them again, or correct base_url"
    word, them = ("key", "it") if len(bad) == 1 else ("keys", "them")
    how = f"set the variable again, or mark {them} revoked = true"
    how += f", or go on without {them} by --skip-bad-keys" if offer else ""
    return f"{target.name}: {word} refused (401 twice): {_named(bad)}; {how}"


def _named(keys: Sequence[Identity]) -> str:
    return ", ".join(f"{key.label} ({key.env or 'no variable'})" for key in keys)


def _gateway(target: Target, foreign: Sequence[KeyAnswer]) -> str:
    status = foreign[0].answer.status_code
    if status == 407:
        return f'{target.name}: the proxy wants a user and a password: proxy = "http://USER:$VARIABLE@HOST:PORT"'
    keys = f"; or every key is wrong: {_named([one.key for one in foreign])}" if status == 401 else ""
    return (
        f"{target.base_url}: something before the API answers {status} to every key, without the API's headers: "
        f'if it wants a header of its own, name that under [headers] as NAME = "VARIABLE"; else mend base_url{keys}'
    )


def _elsewhere(target: Target, first: KeyAnswer) -> str:
    status = first.answer.status_code
    if first.kind is KeyAnswerKind.MOVED:
        return f"{target.base_url}: base_url redirects ({status}{''.join(_moved(target, first))}); write where it leads"
    if first.kind is KeyAnswerKind.PAGE:
        return f"{target.base_url}: a web page answers there ({status}), not the API; mend base_url"
    return f"{target.base_url}: the API isn't there: every list is answered {status}; mend base_url, its path above all"


def _moved(target: Target, first: KeyAnswer) -> Iterator[str]:
    """In what way a redirect differs, where that is known; the Location itself may hold anything."""
    location = first.answer.headers.get("Location", "")
    if target.base_url.startswith("http://") and location.lower().startswith("https://"):
        yield ", to https"
    if location.partition("?")[0].endswith(f"{first.operation.path}/"):
        yield ", to the same with a slash at its end"
