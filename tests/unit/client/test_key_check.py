"""Address and keys are checked before a server is judged, at a request a key, and without accusing anybody."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from known_contract import CONTRACT
from requests import PreparedRequest, Response

from nhq.client.key_check import usable_target
from nhq.client.session import Session, open_session
from nhq.client.target import Target
from nhq.clock import ManualClock
from nhq.errors import ConfigError, TargetError

API = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "59", "X-RateLimit-Reset": "1700000060"}
ENVELOPE = b'{"error": {"code": "x", "message": "y"}}'
Say = Callable[[PreparedRequest], Response]


@pytest.fixture
def opened(target: Target, clock: ManualClock, wire) -> Callable[[Say], Session]:
    """A session whose wire answers what the test says."""

    @contextmanager
    def opening(say: Say) -> Iterator[tuple[Session, list[str]]]:
        scripted = wire(say)
        with closing(open_session(target, CONTRACT, scripted, clock)) as session:
            yield session, scripted.sent

    return opening


def token(request: PreparedRequest) -> str:
    return str(request.headers["Authorization"]).partition(" ")[2]


def test_each_usable_key_is_asked_once_for_what_it_may_read(opened, answered, target):
    """Revoked keys aren't asked; whether they are refused is for a test to say."""
    with opened(lambda request: answered(200, API)) as (session, sent):
        assert usable_target(session) is target
    asked = {token(request): request.path_url for request in sent}
    assert asked == {
        "secret-full": "/api/v1/campaigns?limit=1",
        "secret-narrow": "/api/v1/leads?limit=1",
        "secret-other": "/api/v1/leads?limit=1",
    }
    assert len(sent) == 3


def test_a_key_that_is_refused_once_is_asked_again(opened, answered, target):
    """By another list, if it opens one: an operation that forgets a key is for the tests to find."""

    def forgets(request):
        return answered(401 if "/campaigns" in request.url else 200, API, ENVELOPE)

    with opened(forgets) as (session, sent):
        assert usable_target(session) is target
    assert len(sent) == 4


def test_what_skips_bad_keys_keeps_the_main_workspace(opened, answered, target):
    """The first key may be the bad one."""
    with opened(lambda r: answered(401 if token(r) == "secret-full" else 200, API, ENVELOPE)) as (session, _):
        kept = usable_target(session, skip=True)
        with pytest.raises(ConfigError, match=r"key refused \(401 twice\): full \(no variable\)"):
            usable_target(session, skip=False)
    assert [key.label for key in kept.keys] == ["narrow", "gone", "other"]
    assert kept.workspace == target.workspace


def test_no_key_of_the_main_workspace_is_no_run(opened, answered):
    """Nothing could be judged without."""
    with (
        opened(lambda r: answered(200 if token(r) == "secret-other" else 401, API, ENVELOPE)) as (session, _),
        pytest.raises(ConfigError, match="no usable key of workspace 'alpha' is left"),
    ):
        usable_target(session, skip=True)


def test_a_429_is_waited_out(opened, answered, target, clock):
    """Somebody else may have used the key before."""
    began = clock.now()

    def limited(request):
        return answered(429 if clock.now() < began + 30 else 200, API | {"X-RateLimit-Remaining": "0"}, ENVELOPE)

    with opened(limited) as (session, _):
        assert usable_target(session) is target
    assert clock.now() > began + 30


@pytest.mark.parametrize("status", [502, 503])
def test_a_gateways_page_is_asked_past(opened, answered, target, status):
    """Now and then one comes; where it stays, that is one line."""
    pages = [status, status, 200]

    def away(request):
        return answered(pages.pop(0) if pages else 200, {"Content-Type": "text/html"} if len(pages) else API, b"<p>")

    with opened(away) as (session, _):
        assert usable_target(session) is target
    with (
        opened(lambda request: answered(status, {"Content-Type": "text/html"}, b"<p>")) as (session, sent),
        pytest.raises(TargetError, match=f"a gateway answered {status}"),
    ):
        usable_target(session)
    assert len(sent) == 3


@pytest.mark.parametrize(
    ("status", "headers", "body", "says"),
    [
        (404, API, ENVELOPE, "every list is answered 404; mend base_url, its path above all"),
        (404, {"Content-Type": "text/html"}, b"<h1>", "every list is answered 404; mend base_url"),
        (301, {"Location": "https://127.0.0.1/campaigns"}, b"", r"base_url redirects \(301, to https\)"),
        (200, {"Content-Type": "text/html"}, b"<h1>", r"a web page answers there \(200\), not the API"),
        (403, {}, b'{"message": "Missing"}', r"answers 403 to every key, .* under \[headers\]"),
        (401, {}, b'{"message": "Missing"}', r"answers 401 to every key, .* or every key is wrong: full"),
        (407, {}, b"", "the proxy wants a user and a password: proxy = "),
        (401, API, ENVELOPE, "every key is refused"),
    ],
)
def test_what_every_list_is_answered_is_one_line(opened, answered, status, headers, body, says):
    """Whatever stands there instead of the API: the field to change is named."""
    with (
        opened(lambda request: answered(status, headers, body)) as (session, sent),
        pytest.raises(ConfigError, match=says) as caught,
    ):
        usable_target(session, skip=True)
    assert "\n" not in str(caught.value)
    assert len(sent) <= 6


@pytest.mark.parametrize("status", [404, 301, 500, 400])
def test_one_list_that_answers_strangely_is_for_the_tests(opened, answered, target, status):
    """The others show that the API is there."""
    with opened(lambda r: answered(status if "/campaigns" in r.url else 200, API, ENVELOPE)) as (session, _):
        assert usable_target(session) is target


def test_where_a_missing_scope_is_answered_401_a_key_without_lists_is_not_doubted(answered, clock, wire, target):
    """That it is so is asked with a key that is known, and is for the tests to find."""
    poor = replace(target, keys=(*target.keys, replace(target.keys[0], label="none", scopes=frozenset(), secret="n")))
    scopes = {key.secret: key.scopes for key in poor.keys}

    def strict(request):
        row = CONTRACT.match("GET", request.path_url.removeprefix("/api/v1").partition("?")[0])
        return answered(200 if row[0].scope in scopes[token(request)] else 401, API, ENVELOPE)

    with closing(open_session(poor, CONTRACT, wire(strict), clock)) as session:
        assert usable_target(session) is poor


def test_where_all_keys_of_one_scope_are_refused_the_server_is_judged(answered, clock, wire, target):
    """No slip of a file strikes exactly these; one or two may be a slip."""
    one = target.keys[1]
    more = tuple(replace(one, label=f"one_{n}", secret=f"one-{n}") for n in range(3))
    wide = replace(target, keys=(target.keys[0], *more))

    def fussy(request):
        return answered(401 if token(request).startswith("one") else 200, API, ENVELOPE)

    with closing(open_session(wide, CONTRACT, wire(fussy), clock)) as session:
        assert usable_target(session) is wide
    few = replace(wide, keys=wide.keys[:3])
    with (
        closing(open_session(few, CONTRACT, wire(fussy), clock)) as session,
        pytest.raises(ConfigError, match="keys refused"),
    ):
        usable_target(session)
