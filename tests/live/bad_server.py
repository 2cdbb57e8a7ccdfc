"""How a network or a server misbehaves on the way of an answer: one function a trouble, for `BadServer`."""

import gzip
import itertools

from passing_server import KEYS, READS, Answer, BadServer, Handler, Trouble, certificate, plainly

__all__ = ["KEYS", "READS", "BadServer", "certificate", "plainly"]
PAGE = b"<html><body><h1>Something went wrong</h1></body></html>"


# --- correct, and unusual: no finding and no trouble


def gzips(to: Handler, answer: Answer) -> None:
    """Although only identity was asked for."""
    packed = gzip.compress(answer.body)
    to.say(answer.head("Content-Encoding: gzip", f"Content-Length: {len(packed)}") + packed)


def chunks(to: Handler, answer: Answer) -> None:
    to.say(answer.head("Transfer-Encoding: chunked"), *in_chunks(answer.body), b"0\r\n\r\n")


def gzips_in_chunks(to: Handler, answer: Answer) -> None:
    to.say(answer.head("Transfer-Encoding: chunked", "Content-Encoding: gzip"))
    to.say(*in_chunks(gzip.compress(answer.body)), b"0\r\n\r\n")


def speaks_http_1_0(to: Handler, answer: Answer) -> None:
    """Only the end of the connection says where the body ends."""
    to.say(answer.head(version="1.0") + answer.body, end=True)


def closes_unsaid(to: Handler, answer: Answer) -> None:
    """Closes after each answer without having said so."""
    to.say(answer.head(answer.length) + answer.body, end=True)


def abandons_kept_connections(to: Handler, answer: Answer) -> None:
    """The second request on a connection crosses its close."""
    if to.answered:
        to.close_connection = True
    else:
        plainly(to, answer)


def is_slow(to: Handler, answer: Answer) -> None:
    to.wait(0.01)
    to.say(answer.head(answer.length))
    to.wait(0.01)
    to.say(answer.body)


def hints_early(to: Handler, answer: Answer) -> None:
    """An interim answer comes before the answer."""
    to.say(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
    plainly(to, answer)


UNUSUAL: tuple[Trouble, ...] = (
    gzips, chunks, gzips_in_chunks, speaks_http_1_0, closes_unsaid, abandons_kept_connections, is_slow, hints_early,
)  # fmt: skip

# --- the network's doing: unknown, and nobody is accused


def says_nothing(to: Handler, answer: Answer) -> None:
    to.close_connection = True


def dies(to: Handler, answer: Answer) -> None:
    """The server is gone, and all its connections with it."""
    to.server.socket.close()
    to.reset()


def hangs(to: Handler, answer: Answer) -> None:
    to.wait()


def hangs_within_the_body(to: Handler, answer: Answer) -> None:
    to.say(answer.head(answer.length) + answer.body[:-9])
    to.wait()


def resets(to: Handler, answer: Answer) -> None:
    to.reset()


def resets_within_the_body(to: Handler, answer: Answer) -> None:
    to.say(answer.head(answer.length) + answer.body[:-9])
    to.wait(0.01)
    to.reset()


def cuts(to: Handler, answer: Answer) -> None:
    to.say(answer.head(answer.length) + answer.body[:-9], end=True)


def cuts_chunks(to: Handler, answer: Answer) -> None:
    to.say(answer.head("Transfer-Encoding: chunked"), *in_chunks(answer.body)[:-1], end=True)


def cuts_without_a_length(to: Handler, answer: Answer) -> None:
    to.say(answer.head(version="1.0") + answer.body[:-9], end=True)


def drips(to: Handler, answer: Answer) -> None:
    """Byte by byte: never silent for long, and never done."""
    to.say(answer.head("Content-Length: 100000"))
    drip(to, b" " * 100_000)


def drips_its_head(to: Handler, answer: Answer) -> None:
    to.say(answer.head()[:-2])
    drip(to, b"X-Word: " + b"x" * 100_000)


def drips_chunks(to: Handler, answer: Answer) -> None:
    to.say(answer.head("Transfer-Encoding: chunked"))
    drip(to, b"1\r\n \r\n" * 100_000)


def packs_badly(to: Handler, answer: Answer) -> None:
    to.say(answer.head("Content-Encoding: gzip", answer.length) + answer.body)


def speaks_no_http(to: Handler, answer: Answer) -> None:
    to.say(b"SSH-2.0-Babble\r\n", end=True)


def gateway(status: int, page: bytes = PAGE) -> Trouble:
    """A proxy's own page: none of the API's headers, and no JSON."""

    def answers(to: Handler, answer: Answer) -> None:
        more = ("Content-Type: text/html", f"Content-Length: {len(page)}")
        to.say(answer.head(*more, status=status, own=False) + page)

    answers.__name__ = f"gateway_{status}{'' if page else '_empty'}"
    return answers


NETWORK: dict[Trouble, str] = {
    says_nothing: "the connection was closed without an answer",
    dies: "the connection was reset",
    hangs: "nothing came within the time",
    hangs_within_the_body: "nothing came within the time",
    resets: "the connection was reset",
    resets_within_the_body: "the connection was reset",
    cuts: "the body was cut off",
    cuts_chunks: "the body was cut off",
    cuts_without_a_length: "the body was cut off",
    drips: "no whole answer within 0.5 s",
    drips_its_head: "no whole answer within 0.5 s",
    drips_chunks: "no whole answer within 0.5 s",
    packs_badly: "the body's content-encoding could not be undone",
    speaks_no_http: "something answers there, but not in HTTP",
    gateway(502): "a gateway answered 502",
    gateway(503): "a gateway answered 503",
    gateway(504): "a gateway answered 504",
    gateway(502, b""): "a gateway answered 502",
}

# --- the server's own doing


def redirects(to: Handler, answer: Answer) -> None:
    where = f"Location: http://127.0.0.1:{to.server.elsewhere}/stolen"
    to.say(answer.head(where, "Content-Length: 0", status=302, own=False))


def shows_a_page(to: Handler, answer: Answer) -> None:
    """A web page with 200, and none of the API's headers."""
    to.say(answer.head("Content-Type: text/html", f"Content-Length: {len(PAGE)}", status=200, own=False) + PAGE)


def is_unavailable(to: Handler, answer: Answer) -> None:
    """A 503 of the API's own, which says so by its headers."""
    to.say(answer.head("Content-Length: 0", status=503))


# --- several


def in_turn(*troubles: Trouble) -> Trouble:
    """Each request is met by the next of them."""
    turns = itertools.cycle(troubles)

    def answers(to: Handler, answer: Answer) -> None:
        with to.server.lock:
            turn = next(turns)
        turn(to, answer)

    return answers


def once(trouble: Trouble) -> Trouble:
    """Trouble for one request, then none."""
    return in_turn(trouble, *[plainly] * 100_000)


def in_chunks(body: bytes, size: int = 1000) -> list[bytes]:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return [f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts]


def drip(to: Handler, text: bytes) -> None:
    for byte in text:
        to.say(bytes([byte]))
        to.wait(0.01)
