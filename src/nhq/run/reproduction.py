"""One command that reproduces a finding: it runs as printed, with keys as variables and without personal data.

What the test made up is shown. What the target told is its data: an id or a cursor that tells nobody's name is shown,
anything else the command reads from the target again, or, in a body, puts a text of its own in its place.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

from nhq.client.connection import curl_options
from nhq.client.redact import NAMING, mask_of, shown_parameter, shown_step
from nhq.client.target import Target
from nhq.contract.disclosure import may_be_shown
from nhq.model import Exchange
from nhq.run.echoed_data import begun_by, is_from_target, source_of
from nhq.run.shell_authorization import shell_header

_BODY_MOST = 20_000
_DEEPEST = 3
_NAME = re.compile(r"[^\W\d_]{3,}|\d{7,}")
_COMMA = re.compile(r"(,|%2[Cc])")
_USUAL = {"accept": "application/json"}
_FOR_URL, _FOR_JSON = 'quote(str({}), safe="")', "json.dumps({})[1:-1]"


class LeftOut(Exception):
    """No command can be built; the message says why."""


def curl_command(exchange: Exchange, target: Target, log: Iterable[Exchange]) -> str:
    """A command for an exchange that a POSIX shell runs: curl, and python3 where something is read from the target.

    `log` are the run's exchanges, in order. Where no command can be made without telling what is not ours to tell, a
    shell's comment with the reason.
    """
    try:
        line = _Command(target, [other for other in log if other.id < exchange.id]).of(exchange)
    except LeftOut as reason:
        return f"# no curl: {reason}"
    return "# no curl: it would show a secret" if mask_of(target).holds(line) else line


@dataclass(slots=True)
class _Command:
    """Makes one command.

    `read` are marks in what is sent, with what the shell puts there: texts read from the target again. `anew` are texts
    of the target's, with those of our own that stand for them.
    """

    target: Target
    earlier: list[Exchange]
    depth: int = 0
    read: dict[str, str] = field(default_factory=dict)
    anew: dict[str, str] = field(default_factory=dict)

    def of(self, exchange: Exchange) -> str:
        """Raises LeftOut."""
        url = self._word(self.target.base_url + self._path(exchange))
        words = [
            "curl",
            "-sS",
            "-i",
            *curl_options(self.target.connection, self.target.base_url),
            *self._options(exchange),
            *self._headers(exchange),
        ]
        before, data = self._data(exchange.request_body)
        line = " ".join([*words, *data, url])
        told = ", ".join(self.anew.values())
        return (f": '{told}: in place of data of the target'; " if told else "") + before + line

    def _options(self, exchange: Exchange) -> Iterator[str]:
        yield from ("--head",) if exchange.method == "HEAD" else ("-X", exchange.method)
        if "/." in exchange.path:
            yield "--path-as-is"
        if re.search(r"[\[\]{}]", exchange.path):
            yield "--globoff"

    def _headers(self, exchange: Exchange) -> Iterator[str]:
        sent = exchange.request_headers
        if "authorization" in sent:
            value = shell_header(sent["authorization"], self.target)
            if value is None:
                raise LeftOut("its Authorization is made of a key")
            yield f"-H {value}"
        if exchange.request_body:
            kind = sent.get("content-type", "")
            yield f"-H {_quoted(f'Content-Type: {kind}' if kind else 'Content-Type:')}"
        for name in ("accept", "prefer"):
            if name in sent and sent[name] != _USUAL.get(name):
                yield f"-H {_quoted(f'{name.title()}: {sent[name]}')}"

    # --- where ----------------------------------------------------------------------------------------------

    def _path(self, exchange: Exchange) -> str:
        parts = urlsplit(exchange.path)
        steps = [self._named(step, unquote(step), shown_step(unquote(step))) for step in parts.path.split("/")]
        pairs = [self._pair(*pair.partition("=")) for pair in parts.query.split("&")]
        return "/".join(steps) + (f"?{'&'.join(pairs)}" if "?" in exchange.path else "")

    def _pair(self, name: str, sign: str, written: str) -> str:
        """A parameter; of a value that lists several, each by itself, for they may stand in different answers."""
        parts = _COMMA.split(written)
        listed = [self._value(unquote_plus(name), part) for part in parts[::2]]
        return name + sign + "".join(text for both in zip(listed, [*parts[1::2], ""], strict=True) for text in both)

    def _value(self, name: str, written: str) -> str:
        value = unquote_plus(written)
        plain = shown_parameter(name, value)
        if name in NAMING:
            return self._named(written, value, plain)
        return written if plain or not self._theirs(value) else self._mark(value, _FOR_URL)

    def _named(self, written: str, value: str, plain: bool) -> str:
        """An id or a cursor as it was sent, or a mark where the shell puts what it reads from the target.

        Whatever could be a name is taken for one: an id may stand in the target file, and be told by no answer.
        """
        own = plain or value.startswith("nhq") or not _NAME.search(value)
        return written if own else self._mark(value, _FOR_URL)

    # --- what -----------------------------------------------------------------------------------------------

    def _data(self, body: bytes) -> tuple[str, list[str]]:
        """What goes before the command, and its words that send the body. Raises LeftOut."""
        if not body:
            return "", []
        if len(body) > _BODY_MOST:
            raise LeftOut(f"the body has {len(body):,} bytes")
        text = body.decode("utf-8", "replace")
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            if any(self._theirs(word) for word in re.findall(r"\w{4,}", text)):
                raise LeftOut("the body is no JSON, and contains the target's data") from None
            value = own = None
        else:
            own = self._own(value, "")
        if own != value:
            return "", ["--data-raw", self._word(json.dumps(own))]
        if "\0" not in text and text.encode() == body:
            return "", ["--data-raw", _quoted(text)]
        return f"printf '{''.join(f'{chr(92)}{byte:03o}' for byte in body)}' | ", ["--data-binary", "@-"]

    def _own(self, value: Any, name: str) -> Any:
        """The body with each text of the target read again, or one of our own in its place."""
        if isinstance(value, dict):
            return {key: self._own(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._own(inner, name) for inner in value]
        if not isinstance(value, str) or may_be_shown(name, value) or not self._theirs(value):
            return value
        try:
            return self._mark(value, _FOR_JSON)
        except LeftOut:
            return self.anew.setdefault(value, _stand_in(value, len(self.anew) + 1))

    # --- texts of the target --------------------------------------------------------------------------------

    def _theirs(self, value: str) -> bool:
        """Is this the target's own text, or made of its words?"""
        words = {value, *value.split()}
        return any(is_from_target(word, self.earlier) or begun_by(word, self.earlier) for word in words)

    def _tells(self, rest: str) -> bool:
        """Would what a command spells itself tell a word that the target told?"""
        return any(is_from_target(word, self.earlier) for word in re.findall(r"\w{4,}", rest))

    def _mark(self, value: str, form: str) -> str:
        """A mark for a text that the shell reads from an answer which told it. Raises LeftOut."""
        source = source_of(value, self.earlier)
        if source is None or self.depth >= _DEEPEST or self._tells(source.rest):
            raise LeftOut("it would reveal names or ids of the target, or of its file")
        before = [other for other in self.earlier if other.id < source.exchange.id]
        asked = _Command(self.target, before, self.depth + 1).of(source.exchange).replace(" -i ", " ", 1)
        taken = form.format(f"json.load(sys.stdin){source.expression}")
        code = f"import json, sys; from urllib.parse import quote; print({taken})"
        mark = f"nhq-read-{self.depth}-{len(self.read)}-"
        self.read[mark] = f"$({asked} | python3 -c {_quoted(code)})"
        return mark

    def _word(self, text: str) -> str:
        """A text as one word of the shell, with what it reads from the target in it."""
        word = _quoted(text)
        for mark, reading in self.read.items():
            word = word.replace(mark, f"'\"{reading}\"'")
        return word.removesuffix("''") if word.endswith("\"''") else word


def _quoted(text: str) -> str:
    """A text in a shell's single quotes."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _stand_in(value: str, number: int) -> str:
    """A text of our own, of the same kind."""
    if "@" in value:
        return f"nhq-{number}@example.test"
    return f"https://www.linkedin.com/in/nhq-{number}" if "://" in value else f"nhq-{number}"
