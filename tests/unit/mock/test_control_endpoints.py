"""The control plane: clock, snapshots, keys, troubles, landmarks."""

import pytest

from nhq.clock import SystemClock
from nhq.mock.app import create_app
from nhq.mock.body_intake import NONE


def test_health_and_landmarks(mock) -> None:
    """It says that it is well, and what the seed planted for a purpose."""
    assert mock.control("GET", "/health").json == {"ok": True}
    assert mock.control("GET", "/landmarks").json == mock.given


@pytest.mark.parametrize("token", ["", "wrong"])
def test_token(mock, token: str) -> None:
    """Without its token nothing is told or done."""
    assert mock.control("GET", "/clock", token=token).status == 401


def test_absent_unless_asked_for(make) -> None:
    """Without a control token the paths are like any other that don't exist."""
    mock = make(control_token=None)
    assert mock.control("GET", "/health").status == 401
    assert mock.get("/__control/health").status == 404


def test_loopback_only(mock) -> None:
    """Callers from elsewhere are refused."""
    scope = {"headers": [(b"x-control-token", mock.app.control.token.encode())], "client": ("192.0.2.1", 5)}
    assert mock.app.control.answer("GET", "/health", scope, NONE)[0] == 403


def test_clock(mock) -> None:
    """The clock stands still until it is set or advanced, and every answer is dated by it."""
    now = mock.control("GET", "/clock").json["now"]
    assert mock.control("GET", "/clock").json == {"now": now, "mode": "still"}
    assert mock.control("POST", "/clock", {"advance": 2.5}).json["now"] == now + 2.5
    assert mock.control("POST", "/clock", {"set": 1_800_000_000}).json["now"] == 1_800_000_000
    assert mock.get("/campaigns").headers["date"] == "Fri, 15 Jan 2027 08:00:00 GMT"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"advance": "x"},
        {"advance": -1},
        {"advance": True},
        {"advance": 1e300},
        {"set": 1, "advance": 1},
        {"set": -1},
        {"set": 253_402_300_800},
        {"set": 10**400},
        {"set": None},
        {"jump": 1},
    ],
)
def test_bad_clock_request(mock, body) -> None:
    """What is no move forward is refused."""
    assert mock.control("POST", "/clock", body).status == 400


def test_real_clock_cannot_be_moved(mock) -> None:
    """A real clock refuses with 409, and a restore leaves its limiter alone."""
    app = create_app(clock=SystemClock(), control_token=mock.app.control.token)
    mock.app = app
    assert mock.control("POST", "/clock", {"advance": 1}).status == 409
    ident = mock.control("POST", "/snapshot").json["id"]
    mock.get("/campaigns")
    assert mock.control("POST", "/restore", {"id": ident}).status == 200
    assert app.engine.limiter.counters["full"].used == 1


def test_restore_brings_everything_back(make) -> None:
    """Records, order, credits, limiter, troubles, keys and clock are as they were, as often as asked."""
    mock = make(limit=50)
    before = {path: mock.get(path).body for path in ("/campaigns", "/leads", "/lead_lists", "/conversations")}
    snapshot = mock.control("POST", "/snapshot").json
    for _ in range(2):
        mock.clock.advance(1000)
        mock.control("POST", "/trouble", {"name": "import_fails", "on": True})
        mock.control("POST", "/keys/revoke", {"label": "full_2"})
        mock.post("/lead_lists", {"lead_lists": [{"name": "More"}]})
        mock.post(f"/campaigns/{mock.given['campaign_startable']}/actions", {"action": "start"})
        mock.post(f"/leads/{mock.given['lead_enrichable']}/enrich")
        mock.post(f"/conversations/{mock.given['conversation']}/messages", {"content": "x"})
        assert mock.control("POST", "/restore", {"id": snapshot["id"]}).json == snapshot
        assert mock.app.engine.limiter.counters["full"].used == 4
        assert {path: mock.get(path).body for path in before} == before
        assert mock.get("/campaigns", key="full_2").status == 200
        mock.control("POST", "/restore", {"id": snapshot["id"]})
    assert mock.app.engine.troubles == set()


def test_a_restored_world_makes_the_same_ids(mock) -> None:
    """The same request after a restore gives the same bytes."""
    ident = mock.control("POST", "/snapshot").json["id"]
    answers = []
    for _ in range(2):
        answers.append(mock.post("/lead_lists", {"lead_lists": [{"name": "Again"}]}).body)
        mock.control("POST", "/restore", {"id": ident})
    assert answers[0] == answers[1]


def test_unknown_snapshot(mock) -> None:
    """There is no restoring what was never kept."""
    assert mock.control("POST", "/restore", {"id": "s9"}).status == 404


def test_issue_and_revoke(mock) -> None:
    """A key that is issued works with its scopes only, until it is revoked."""
    made = mock.control("POST", "/keys", {"workspace": "beta", "scopes": ["leads:read"], "label": "new"}).json
    mock.secrets["new"] = made["key"]
    assert made["label"] == "new"
    assert mock.get(f"/leads/{mock.given['beta_lead']}", key="new").status == 200
    assert mock.get("/campaigns", key="new").status == 403
    assert mock.control("POST", "/keys/revoke", {"label": "new"}).json == {"label": "new"}
    assert mock.get("/leads", key="new").status == 401


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/keys", {"workspace": "gamma", "scopes": []}, 400),
        ("/keys", {"workspace": "alpha", "scopes": ["all"]}, 400),
        ("/keys", {"workspace": "alpha", "scopes": [], "label": "full"}, 409),
        ("/keys", {"workspace": "alpha", "scopes": [], "label": {}}, 400),
        ("/keys", {"workspace": "alpha", "scopes": [{}]}, 400),
        ("/keys", {"workspace": {}, "scopes": []}, 400),
        ("/restore", {"id": {}}, 404),
        ("/fault", {"id": [], "on": True}, 400),
        ("/trouble", {"name": [], "on": True}, 400),
        ("/keys/revoke", {"label": "nobody"}, 404),
        ("/trouble", {"name": "everything", "on": True}, 400),
        ("/trouble", {"name": "send_pending"}, 400),
        ("/nothing", {}, 404),
    ],
)
def test_bad_requests(mock, path: str, body, status: int) -> None:
    """A control request that cannot be done says so."""
    assert mock.control("POST", path, body).status == status


@pytest.mark.parametrize("raw", [b"[" * 5000, b"\xff", b'{"set": 1e999}', b"9" * 5000, b'"\\ud800"', b"[1]"])
@pytest.mark.parametrize("path", ["/clock", "/snapshot", "/restore", "/keys", "/keys/revoke", "/trouble", "/fault"])
def test_bodies_that_are_no_json_object(mock, path: str, raw: bytes) -> None:
    """A body that is no JSON object is 400 on every path of the control plane."""
    assert mock.ask("POST", f"/__control{path}", {"X-Control-Token": mock.app.control.token}, raw).status == 400


def test_every_clock_can_be_shown(mock) -> None:
    """At the first and the last moment that the clock takes, the mock still answers and stamps what it makes."""
    for moment in (0, 253_370_764_799):
        assert mock.control("POST", "/clock", {"set": moment}).status == 200
        assert mock.get("/leads").status == 200
        made = mock.post("/lead_lists", {"lead_lists": [{"name": f"at {moment}"}]})
        assert made.data[0]["created_at"][:4] in ("1970", "9998")


def test_every_trouble(mock) -> None:
    """All troubles can be on at once, and imports fail while theirs is."""
    names = ["import_fails", "provider_errors", "provider_fails", "send_pending", "sender_fails"]
    for name in [*names, "sender_unavailable", "session_unavailable"]:
        on = mock.control("POST", "/trouble", {"name": name, "on": True}).json["on"]
    assert len(on) == 7
    lead = {"first_name": "A", "last_name": "B", "linkedin_url": "https://www.linkedin.com/in/x"}
    answer = mock.post(f"/lead_lists/{mock.given['list']}/leads", {"leads": [lead]})
    assert (answer.status, answer.json["summary"]["failed"]) == (207, 1)
