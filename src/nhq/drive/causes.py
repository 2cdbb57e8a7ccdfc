"""Why no answer came, in words: without the URLs and addresses that libraries put into their messages."""

from collections.abc import Iterator

from requests.exceptions import RequestException

_CLOSED = {"RemoteDisconnected", "ConnectionResetError", "BrokenPipeError", "ConnectionAbortedError", "SSLEOFError"}
_PASSING = (*sorted(_CLOSED - {"SSLEOFError"}), "ChunkedEncodingError")  # as _WORDS has them
_WORDS = {
    "ConnectionRefusedError": "no server answers there",
    "NameResolutionError": "no server answers there: its name is not known",
    "SSLCertVerificationError": "its certificate is not to be trusted",
    "SSLError": "TLS failed",
    "ConnectTimeoutError": "no connection within the time",
    "NewConnectionError": "no server answers there",
    "TimeoutError": "nothing came within the time",
    "ChunkedEncodingError": "the body was cut off",
    "IncompleteRead": "the body was cut off",
    "InvalidChunkLength": "the body's chunks are broken",
    "BadStatusLine": "something answers there, but it speaks no HTTP",
    "DecodeError": "the body's content-encoding could not be undone",
    "InvalidHeader": "the answer's headers contradict each other",
    "HTTPException": "the answer's head can't be read",
    "RemoteDisconnected": "the connection was closed without an answer",
    "ConnectionResetError": "the connection was reset",
    "BrokenPipeError": "the connection was closed while the request was sent",
    "ConnectionAbortedError": "the connection was aborted",
}


class Broke(RequestException):
    """No whole answer came; the text says why, and holds no URL."""


class Stale(Broke):
    """A connection kept from an earlier exchange was closed before a byte of an answer: it may not have been read."""


def in_short(problem: BaseException) -> str:
    """The kind of trouble: our words for the innermost cause that has some, else its name."""
    if isinstance(problem, Broke):
        return str(problem)
    found = ""
    for reason in _reasons(problem):
        names = [kind.__name__ for kind in type(reason).__mro__]
        found = next((_WORDS[name] for name in names if name in _WORDS), found)
    return found or type(problem).__name__


def passing(cause: str) -> bool:
    """Is this what a network does now and then, to be asked again? Not what a repetition would wait for as long."""
    return cause in {_WORDS[name] for name in _PASSING}


def closed(problem: BaseException) -> bool:
    """Did the other side hang up?"""
    return any(type(reason).__name__ in _CLOSED for reason in _reasons(problem))


def _reasons(problem: BaseException) -> Iterator[BaseException]:
    """An exception and those that it wraps, outermost first: libraries keep them in three places."""
    reason: BaseException | None = problem
    while reason is not None:
        yield reason
        places = (getattr(reason, "reason", None), *reason.args, reason.__cause__)
        reason = next((inner for inner in places if isinstance(inner, BaseException)), None)
