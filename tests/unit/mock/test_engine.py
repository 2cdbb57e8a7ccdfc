"""Keys, scopes and the order in which a request is judged."""

import pytest

OPERATIONS = [
    ("GET", "/campaigns", "campaigns:read"),
    ("POST", "/campaigns/x/actions", "campaigns:write"),
    ("GET", "/campaigns/x/leads", "campaigns:read"),
    ("PUT", "/campaigns/x/leads/y/message-overrides", "campaigns:write"),
    ("GET", "/linkedin_accounts", "linkedin_accounts:read"),
    ("GET", "/lead_lists", "lead_lists:read"),
    ("POST", "/lead_lists", "lead_lists:write"),
    ("GET", "/lead_lists/x", "lead_lists:read"),
    ("GET", "/lead_lists/x/leads", "leads:read"),
    ("POST", "/lead_lists/x/leads", "leads:write"),
    ("GET", "/leads", "leads:read"),
    ("GET", "/leads/x", "leads:read"),
    ("POST", "/leads/x/enrich", "leads:write"),
    ("GET", "/conversations", "conversations:read"),
    ("GET", "/conversations/x", "conversations:read"),
    ("POST", "/conversations/x/messages", "conversations:write"),
]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic {}", "{}", "Token {}", "Bearer {} x", "Bearer {}x", "Bearer nobody"]
)
def test_unusable_authorization(mock, header: str) -> None:
    """An absent, malformed or unknown key, or another scheme, is 401."""
    sent = {"authorization": header.format(mock.secrets["full"])}
    answer = mock.call("GET", "/leads", key=None, headers=sent)
    assert (answer.status, answer.code) == (401, "unauthorized")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_scheme_in_any_case(mock, scheme: str) -> None:
    """The scheme's name is not case-sensitive."""
    sent = {"authorization": f"{scheme} {mock.secrets['full']}"}
    assert mock.call("GET", "/leads", key=None, headers=sent).status == 200


def test_revoked_key(mock) -> None:
    """A revoked key is 401 on every operation."""
    assert {mock.call(method, path, key="revoked").status for method, path, _ in OPERATIONS} == {401}


def test_scope_matrix(mock) -> None:
    """Each key with one scope opens exactly the operations that name it; all else is 403."""
    scopes = {scope for _, _, scope in OPERATIONS}
    assert len(scopes) == 9
    for method, path, required in OPERATIONS:
        for scope in scopes:
            answer = mock.call(method, path, key=f"only_{scope.replace(':', '_')}")
            assert (answer.status != 403) == (scope == required), (method, path, scope)


def test_scopes_are_those_of_the_contract(contract_document) -> None:
    """The table of this test, and so the matrix, is what the descriptions say."""
    told = [
        operation["description"].rpartition("Requires the `")[2].partition("`")[0]
        for methods in contract_document["paths"].values()
        for operation in methods.values()
    ]
    assert [scope for _, _, scope in OPERATIONS] == told


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_no_key_learns_nothing(mock, method: str, path: str, scope: str) -> None:
    """Without a key it is 401, without the scope 403, whatever the id and the body."""
    assert mock.call(method, path, raw=b"not json", key=None).status == 401
    assert mock.call(method, path, raw=b"not json", key="none").status == 403


def test_unknown_paths_keep_silent(mock) -> None:
    """Without a key, what does not exist is 401 too."""
    assert [mock.call("GET", path, key=None).status for path in ("/nothing", "/leads/x/y", "/")] == [401] * 3


def test_body_before_existence(mock) -> None:
    """A bad body for a record that does not exist is 400, a good one 404."""
    assert mock.post("/campaigns/nobody/actions", {"action": "jump"}).status == 400
    assert mock.post("/campaigns/nobody/actions", {"action": "start"}).status == 404


def test_foreign_ids_are_not_found(mock) -> None:
    """Ids of the other workspace are 404 for every operation that takes one, in both directions."""
    given = mock.given
    foreign = [
        ("GET", f"/campaigns/{given['beta_campaign']}/leads", None),
        ("POST", f"/campaigns/{given['beta_campaign']}/actions", {"action": "pause"}),
        ("GET", f"/lead_lists/{given['beta_list']}", None),
        ("GET", f"/lead_lists/{given['beta_list']}/leads", None),
        ("GET", f"/leads/{given['beta_lead']}", None),
        ("POST", f"/leads/{given['beta_lead']}/enrich", None),
        ("GET", f"/conversations/{given['beta_conversation']}", None),
        ("POST", f"/conversations/{given['beta_conversation']}/messages", {"content": "hello"}),
    ]
    assert {mock.call(method, path, body).status for method, path, body in foreign} == {404}
    assert mock.get(f"/leads/{given['lead']}", key="beta_full").status == 404


@pytest.mark.parametrize("code", [401, 403, 404, 429])
def test_prefer_a_documented_error(mock, code: int) -> None:
    """`Prefer: code=NNN` brings about a documented error, and changes nothing else."""
    path = f"/leads/{mock.given['lead']}"
    answer = mock.get(path, headers={"Prefer": f"code={code}"})
    assert (answer.status, answer.code) == (code, "preferred")
    assert mock.get(path).status == 200


@pytest.mark.parametrize("wish", ["code=200", "code=418", "code=502", "return=minimal", "code=4"])
def test_prefer_something_else(mock, wish: str) -> None:
    """A preference for what is not documented for the operation is ignored."""
    assert mock.get(f"/leads/{mock.given['lead']}", headers={"Prefer": wish}).status == 200


def test_a_crash_is_an_envelope(mock, make) -> None:
    """When a decision crashes, the answer is 500 with the envelope and the headers."""
    from dataclasses import replace

    from nhq.mock.policies import Policies

    def crash(operation: str, limit: int) -> bool:
        raise ZeroDivisionError

    answer = make(replace(Policies(), limit_ok=crash)).get("/leads")
    assert (answer.status, answer.code) == (500, "internal_error")
    assert answer.headers["x-ratelimit-limit"].isdigit()
