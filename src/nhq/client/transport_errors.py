"""Transport errors in words, without the URLs and addresses of the libraries' messages."""

import ssl
from collections.abc import Iterator

from requests.exceptions import RequestException

from nhq.checks.attribution import GATEWAYS

_CLOSED = {"RemoteDisconnected", "ConnectionResetError", "BrokenPipeError", "ConnectionAbortedError", "SSLEOFError"}
_PASSING = (*sorted(_CLOSED - {"SSLEOFError"}), "ChunkedEncodingError")  # as _WORDS has them
_WORDS = {
    "ConnectionRefusedError": "no server answers there",
    "NameResolutionError": "no server answers there: its name is not known",
    "SSLCertVerificationError": "its certificate is not to be trusted",
    "SSLError": "TLS failed",
    "ProxyError": "the proxy let nothing through",
    "ConnectTimeoutError": "no connection within the time",
    "NewConnectionError": "no server answers there",
    "TimeoutError": "nothing came within the time",
    "ChunkedEncodingError": "the body was cut off",
    "IncompleteRead": "the body was cut off",
    "InvalidChunkLength": "the body's chunks are broken",
    "BadStatusLine": "something answers there, but not in HTTP",
    "DecodeError": "the body's content-encoding could not be undone",
    "InvalidHeader": "the answer's headers contradict each other",
    "HTTPException": "the answer's head can't be read",
    "RemoteDisconnected": "the connection was closed without an answer",
    "ConnectionResetError": "the connection was reset",
    "BrokenPipeError": "the connection was closed while the request was sent",
    "ConnectionAbortedError": "the connection was aborted",
}


#: What OpenSSL says of a certificate (X509_V_ERR_…), and what a server says of ours (alerts of TLS).
UNTRUSTED = "its certificate is not to be trusted"
_REASONS: dict[object, str] = {
    10: f"{UNTRUSTED}: it has expired",
    62: f"{UNTRUSTED}: it is another host's",
    64: f"{UNTRUSTED}: it is another host's",
    18: f"{UNTRUSTED}: who signed it is not known",
    19: f"{UNTRUSTED}: who signed it is not known",
    20: f"{UNTRUSTED}: who signed it is not known",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "it wants a client certificate",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "TLS failed: the server refused the handshake; it may want a client certificate",
    "SSLV3_ALERT_BAD_CERTIFICATE": "the server doesn't accept the client certificate",
    "TLSV1_ALERT_UNKNOWN_CA": "the server doesn't accept the client certificate",
    "WRONG_VERSION_NUMBER": "TLS failed: it doesn't speak TLS there (http instead of https?)",
}


class TransportError(RequestException):
    """No whole answer came; the text says why, and holds no URL."""


class StaleConnection(TransportError):
    """A connection kept from an earlier exchange was closed before a byte of an answer: it may not have been read."""


def short_cause(problem: BaseException) -> str:
    """The kind of trouble: our words for the innermost cause that has some, else its name."""
    if isinstance(problem, TransportError):
        return str(problem)
    found = ""
    for reason in _reasons(problem):
        names = [kind.__name__ for kind in type(reason).__mro__]
        found = _tls(reason) or next((_WORDS[name] for name in names if name in _WORDS), found)
    return found or type(problem).__name__


def _tls(reason: BaseException) -> str:
    """What TLS failed of, where it says so."""
    if isinstance(reason, ssl.SSLCertVerificationError):
        return _REASONS.get(reason.verify_code, "")
    return _REASONS.get(reason.reason, "") if isinstance(reason, ssl.SSLError) else ""


def is_transient(cause: str) -> bool:
    """Is this a transient network error, worth another try? Not a timeout: a repetition may wait as long again."""
    return cause.startswith(GATEWAYS) or cause in {_WORDS[name] for name in _PASSING}


def unreachable_cause(cause: str) -> str:
    """A cause, with the field of the target file that may change it."""
    if cause.startswith(UNTRUSTED) and cause.endswith(("not known", "trusted")):
        return f"{cause}; name the certificate of a private CA in ca_file"
    if "client certificate" in cause:
        return f"{cause}: client_cert and client_key"
    return f"{cause} (base_url)" if cause.startswith(("no server answers", "something answers there")) else cause


def connection_closed(problem: BaseException) -> bool:
    """Did the other side close the connection?"""
    return any(type(reason).__name__ in _CLOSED for reason in _reasons(problem))


def _reasons(problem: BaseException) -> Iterator[BaseException]:
    """An exception and those that it wraps, outermost first: libraries keep them in three places."""
    reason: BaseException | None = problem
    while reason is not None:
        yield reason
        places = (getattr(reason, "reason", None), *reason.args, reason.__cause__)
        reason = next((inner for inner in places if isinstance(inner, BaseException)), None)
