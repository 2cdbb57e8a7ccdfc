"""What a network does to one exchange: it ends with its cause, and what passes is asked for once more."""

from contextlib import closing, nullcontext, suppress
from dataclasses import replace
from typing import cast

import bad_server as bad
import pytest
from known_contract import CONTRACT

from nhq.client.api import Api
from nhq.client.safe_resend import may_be_sent_again
from nhq.client.session import Session, open_session
from nhq.client.target import Target
from nhq.client.transport import Limits
from nhq.clock import SystemClock
from nhq.errors import Away, TargetError
from nhq.model import Effect, Exchange, Identity

FULL = Identity("full", "north", frozenset({*bad.READS, "lead_lists:write"}), bad.KEYS["KEY_FULL"])
# Short only where something must time out: an answer that is on its way may be late on a busy machine.
SHORT = {"nothing came within the time": Limits(read=0.3), "no whole answer within 0.5 s": Limits(whole=0.5)}


def talk(
    url: str, limits: Limits | None = None, keys: tuple[Identity, ...] = (FULL,)
) -> tuple[Session, list[Exchange]]:
    """A session with a server, and the exchanges that it records."""
    target = Target(url, keys, allow=frozenset({Effect.READ, Effect.WRITE}), limit=100_000)
    session, seen = open_session(target, CONTRACT, limits=limits), []
    session.recorder.listeners.append(seen.append)
    return session, seen


@pytest.mark.parametrize("trouble", bad.NETWORK, ids=lambda trouble: trouble.__name__)
def test_what_the_network_does_ends_with_its_cause(good, trouble):
    """No answer, half an answer and a stranger's answer are no answers; none is waited for beyond the limits."""
    clock = SystemClock()
    began = clock.monotonic()
    with bad.BadServer(good, trouble) as server:
        session, seen = talk(server.url, SHORT.get(bad.NETWORK[trouble]))
        with closing(session), session.budget.unpaced(), pytest.raises(TargetError, match=bad.NETWORK[trouble]):
            Api(session).call("list_leads")
    assert clock.monotonic() - began < 5
    assert [exchange.status for exchange in seen] == [None]
    assert bad.NETWORK[trouble] in seen[0].trouble


@pytest.mark.parametrize("trouble", bad.UNUSUAL, ids=lambda trouble: trouble.__name__)
def test_an_unusual_way_of_answering_is_an_answer(good, trouble):
    """However it comes, the same answer is seen, again and again."""
    with bad.BadServer(good, bad.plainly) as usual, bad.BadServer(good, trouble) as unusual:
        told = []
        for server in (usual, unusual):
            session, _ = talk(server.url)
            with closing(session):
                api = Api(session)
                told.append([api.call("list_leads", query={"limit": 30}) for _ in range(4)])
    assert [(e.status, e.body) for e in told[0]] == [(e.status, e.body) for e in told[1]]
    assert told[0][0].status == 200


def test_a_request_that_must_not_be_sent_twice_is_not(good):
    """A kept connection that closes under a POST is trouble; under a GET it is asked once more, and both are seen."""
    with bad.BadServer(good, bad.abandons_kept_connections) as server:
        session, seen = talk(server.url)
        with closing(session):
            api = Api(session)
            api.call("list_lead_lists")
            with pytest.raises(TargetError, match="the connection was closed without an answer"):
                api.call("create_lead_lists", json={"lead_lists": [{"name": "nhq-once"}]})
            api.call("list_lead_lists")
            api.call("list_lead_lists")
        assert server.asked == len(seen) == 5
    assert [exchange.status for exchange in seen] == [200, None, 200, None, 200]
    assert seen[3].trouble == "the kept connection had been closed"


def test_over_tls_it_is_the_same(good, tmp_path):
    """With a certificate that is trusted an answer is an answer, and one that drips ends by the same deadline."""
    file = bad.certificate(tmp_path)
    for trouble, status, limits in ((bad.plainly, 200, None), (bad.drips, None, Limits(whole=0.5))):
        with bad.BadServer(good, trouble, certificate=file) as server:
            session, seen = talk(server.url, limits)
            with closing(session), suppress(TargetError):
                session.http.get(f"{server.url}/leads", headers={"Authorization": f"Bearer {FULL.secret}"}, verify=file)
        assert [exchange.status for exchange in seen] == [status]
    assert seen[0].trouble == "no whole answer within 0.5 s"


def test_a_body_without_end_is_cut(good):
    """More than the bound is not kept in memory."""
    with bad.BadServer(good, bad.plainly) as server:
        session, seen = talk(server.url, Limits(body=1000))
        with closing(session), pytest.raises(TargetError, match="longer than 1000 bytes"):
            Api(session).call("list_leads")
    assert [exchange.status for exchange in seen] == [None]


def test_a_redirect_is_an_answer_and_nobody_follows_it(good):
    """The key never goes to where a redirect points."""
    with bad.BadServer(good, bad.plainly) as elsewhere, bad.BadServer(good, bad.redirects) as server:
        server.elsewhere = elsewhere.port
        session, seen = talk(server.url)
        with closing(session):
            Api(session).call("list_leads")
        assert (seen[0].status, elsewhere.asked) == (302, 0)


def test_a_test_without_answers_asks_three_times_and_no_more(good):
    """What repeats or shrinks would wait for each time-out again; the next test asks anew."""
    with bad.BadServer(good, bad.says_nothing) as server:
        session, _ = talk(server.url)
        with closing(session):
            for name in ("one", "two"):
                session.running.begin(name)
                for _ in range(5):
                    with pytest.raises(TargetError, match="closed without an answer"):
                        Api(session).call("list_leads")
        assert server.asked == 6


@pytest.mark.parametrize("trouble", [bad.says_nothing, bad.resets, bad.cuts, bad.gateway(503), bad.is_unavailable])
def test_what_passes_costs_a_read_one_more(good, trouble):
    """A dropped connection, a gateway's page, a 503 that nobody documents: the answer is that of the repetition."""
    with bad.BadServer(good, bad.once(trouble)) as server:
        session, seen = talk(server.url)
        with closing(session):
            assert Api(session).call("list_leads").status == 200
    assert [exchange.status for exchange in seen] == [None, 200]


@pytest.mark.parametrize("trouble", [bad.says_nothing, bad.gateway(503), bad.is_unavailable])
def test_a_write_without_an_answer_is_not_sent_twice(good, trouble):
    """Nobody knows whether it happened."""
    with bad.BadServer(good, bad.once(trouble)) as server:
        session, seen = talk(server.url)
        with closing(session), pytest.raises(Away):
            Api(session).call("create_lead_lists", json={"lead_lists": [{"name": "nhq-once"}]})
        assert server.asked == 1
    assert [exchange.status for exchange in seen] == [None]


@pytest.mark.parametrize("word", ["nhq-abcdefghijkl", "nhq-mnopqrstuvwx"])
def test_a_write_is_sent_again_where_a_read_shows_that_it_had_no_effect(good, word):
    """What a gateway kept from the server is made by the repetition; what the server had made is there once."""
    happens = word == "nhq-mnopqrstuvwx"
    with bad.BadServer(good, bad.once(bad.gateway(503)), passes=happens) as server:
        session, seen = talk(server.url)
        with closing(session):
            api = Api(session, may_be_sent_again)
            body = {"lead_lists": [{"name": word}]}
            with pytest.raises(Away) if happens else nullcontext():
                api.call("create_lead_lists", json=body)
            names = [row["name"] for row in api.crawl("list_lead_lists").items]
    assert names.count(word) == 1
    assert [exchange.method for exchange in seen].count("POST") == 1 + (not happens)


@pytest.mark.parametrize("happens", [False, True])
def test_an_override_without_an_answer_is_sent_once_more(good, happens):
    """Repeating a call replaces what it has saved: whether or not the first came through, one text stands there."""
    with bad.BadServer(good, bad.once(bad.gateway(502)), passes=happens) as server:
        session, seen = talk(server.url, keys=(replace(FULL, scopes=FULL.scopes | {"campaigns:write"}),))
        with closing(session):
            path = {"campaign_id": "nobody", "lead_id": "nobody"}
            Api(session, may_be_sent_again).call("save_message_overrides", path=path, json={"messages": []})
    assert [exchange.method for exchange in seen] == ["PUT", "PUT"]
    assert [exchange.status is None for exchange in seen] == [True, False]


@pytest.mark.parametrize("operation", ["enrich_lead", "send_message", "run_campaign_action"])
def test_what_sends_or_spends_is_never_sent_twice(operation):
    """No read, and no promise, makes it harmless: nothing is even asked."""
    assert not may_be_sent_again(cast(Api, None), operation, {}, {"content": "nhq-abcdefghijkl"})
    assert CONTRACT.operations[operation].effect in {Effect.SEND, Effect.SPEND}


def test_a_503_that_never_passes_is_an_answer(good):
    """The fourth in a row is judged, and every one after it until the operation is answered otherwise."""
    with bad.BadServer(good, bad.is_unavailable) as server:
        session, seen = talk(server.url)
        with closing(session):
            assert [Api(session).call("list_leads").status for _ in range(2)] == [503, 503]
    assert [exchange.status for exchange in seen] == [None, None, None, 503, 503]
