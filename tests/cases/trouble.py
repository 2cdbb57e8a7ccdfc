"""What stands before a server does to its answers, and what can't be read. `TROUBLE` names each, with fitting exits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from answers import Answer, dated, with_header

Alter = Callable[[Answer], Answer]


@dataclass(frozen=True, slots=True)
class Trouble:
    """An alteration, and the exit codes of which one is right."""

    alter: Alter
    exits: tuple[int, ...]


def _to_https(answer: Answer) -> Answer:
    where = (("Location", f"https://127.0.0.1{answer.asked.target}"),)
    return replace(answer, status=301, reason="Moved", headers=where, body=b"")


def _to_slash(answer: Answer) -> Answer:
    if answer.asked.path.endswith("/"):
        return answer
    where = (("Location", f"{answer.asked.path}/"),)
    return replace(answer, status=308, reason="Permanent Redirect", headers=where, body=b"")


def _away_now_and_then(answer: Answer) -> Answer:
    """A gateway's 503, for one answer in a hundred."""
    if answer.chance.random() >= 0.01:
        return answer
    own = (("Content-Type", "text/html"), ("Server", "nginx"))
    return replace(answer, status=503, reason="Service Unavailable", headers=own, body=b"<html><h1>503</h1></html>")


def _one_away(answer: Answer) -> Answer:
    """A gateway's 502, for each answer of one operation."""
    if answer.asked.path != "/conversations":
        return answer
    return replace(answer, status=502, headers=(("Content-Type", "text/html"),), body=b"<html><h1>502</h1></html>")


TROUBLE: Mapping[str, Trouble] = {
    "liegzip": Trouble(lambda a: with_header(a, "Content-Encoding", "gzip"), (1, 2)),
    "br": Trouble(lambda a: with_header(a, "Content-Encoding", "br"), (1, 2)),
    "redirect": Trouble(_to_https, (2,)),
    "slash": Trouble(_to_slash, (2,)),
    "cut503": Trouble(_away_now_and_then, (0, 1)),
    "convs502": Trouble(_one_away, (2,)),
    "datehour": Trouble(lambda a: dated(a, 3600), (0,)),
}
