"""Small, total functions on text: cut it, make it fit for XML, put it on one line, format a body."""

import json
import re

# XML 1.0 allows tab, line feed, carriage return and these ranges; a single other character makes a file unreadable.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# C0 and C1 controls move a terminal's cursor or colour; bidirectional ones reorder what is read.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def for_xml(text: str) -> str:
    """`text` with every character that XML 1.0 forbids replaced by U+FFFD."""
    return _NOT_XML.sub(_REPLACEMENT, text)


def printable_text(text: str) -> str:
    """`text` without what could steer a terminal, hide itself or break an encoder; lines and tabs stay."""
    return _UNPRINTABLE.sub(_REPLACEMENT, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """`text` on one line, runs of white space closed up."""
    return " ".join(printable_text(text).split())


def cut_text(text: str, most: int) -> str:
    """At most `most` characters of `text`, and how many more there were."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most:,} more characters)"


def pretty_body(body: str) -> str:
    """A JSON body indented; anything else as it came."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def fenced_block(text: str, language: str = "") -> str:
    """A Markdown code block whose fence is longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def inline_text(text: str) -> str:
    """Text for a Markdown line or table cell: one line, nothing in it is markup."""
    return re.sub(r"([\\`*_{}\[\]<>|#~@&])", r"\\\1", one_line(text))
