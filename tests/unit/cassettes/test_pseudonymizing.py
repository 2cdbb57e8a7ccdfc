"""The mask: real outside, pseudonyms inside, and no secret on the inner side."""

import json
from base64 import b64encode
from typing import Any

import pytest
import requests
from known_contract import CONTRACT
from requests import PreparedRequest, Request, Response
from requests.adapters import BaseAdapter

from nhq.cassettes.pseudonymizing import BASE, Mask, masked_target, stand_in
from nhq.cassettes.pseudonyms import Pseudonyms
from nhq.cassettes.response_building import build_response
from nhq.client.target import Target
from nhq.contract import Contract
from nhq.model import Identity

SECRET = "live-secret-of-the-owner"
TARGET = Target(
    base_url="https://api.acme.test/v1",
    keys=(Identity("full", "acme", frozenset({"leads:read"}), SECRET),),
    given={"lead": "lead_1", "profile": "https://www.linkedin.com/in/ada-lovelace"},
)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return CONTRACT


class Wire(BaseAdapter):
    """Keeps what would be sent, and answers with what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[PreparedRequest] = []
        self.body: Any = {}
        self.headers = {"Content-Type": "application/json", "Set-Cookie": "session=abc", "Content-Encoding": "gzip"}

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        self.sent.append(request)
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        return build_response(request, 200, "OK", self.headers, body)

    def close(self) -> None:
        """Nothing is open."""


class Masked:
    """A mask over a wire."""

    def __init__(self, contract: Contract) -> None:
        self.names, self.wire = Pseudonyms(b"test"), Wire()
        self.target = masked_target(TARGET, self.names)
        self.mask = Mask(TARGET, contract, self.names, self.wire)

    def call(self, path: str, told: Any = None, **parts: Any) -> Any:
        """Send, be told, and say what the inner side sees."""
        self.wire.body = told if told is not None else {}
        headers = {"Authorization": f"Bearer {self.target.keys[0].secret}"}
        request = requests.Session().prepare_request(Request(parts.pop("method", "GET"), BASE + path, headers, **parts))
        return self.mask.send(request)


@pytest.fixture
def masked(contract: Contract) -> Masked:
    return Masked(contract)


def test_the_session_knows_no_secret_and_no_address(masked: Masked) -> None:
    """Its target has stand-ins for keys, a base that leads nowhere, and pseudonyms for people's addresses."""
    told = repr(masked.target) + masked.target.keys[0].secret
    assert SECRET not in told
    assert "acme.test" not in told
    assert "lovelace" not in told
    assert masked.target.given["lead"] == "lead_1"


def test_the_target_gets_its_key_at_its_address(masked: Masked) -> None:
    """Stand-ins are swapped on the way out, and the original request stays as it was."""
    response = masked.call("/leads?limit=5")
    assert masked.wire.sent[0].url == "https://api.acme.test/v1/leads?limit=5"
    assert masked.wire.sent[0].headers["Authorization"] == f"Bearer {SECRET}"
    assert response.request.headers["Authorization"] == f"Bearer {stand_in('full')}"


def test_people_are_under_pseudonyms(masked: Masked) -> None:
    """Names, addresses, texts, titles and unheard-of members; not ids, states, times and counts."""
    lead = {"id": "lead_9", "first_name": "Ada", "email": "ada@engines.co", "created_at": "2025-01-02T03:04:05Z"}
    lead |= {"favourite_dish": "plum cake", "lead_heat_raw_score": 4.5, "phone": None}
    seen = masked.call("/leads", {"data": [lead]}).json()["data"][0]
    assert {name: seen[name] for name in ("id", "created_at", "lead_heat_raw_score", "phone")} == {
        "id": "lead_9",
        "created_at": "2025-01-02T03:04:05Z",
        "lead_heat_raw_score": 4.5,
        "phone": None,
    }
    assert seen["email"].startswith(masked.names.of("ada") + "@")
    assert not {"Ada", "plum", "favourite_dish", "engines"} & {*seen, *map(str, seen.values())}
    assert "plum" not in json.dumps(seen)


def test_words_of_the_contract_stay(masked: Masked) -> None:
    """What the contract lists as values is no name, whatever member holds it."""
    body = {"data": {"messages": [{"id": "m_1", "direction": "received"}], "intent": "NOT_INTERESTED"}}
    assert masked.call("/conversations/c", body).json() == body


def test_a_search_word_is_put_back(masked: Masked) -> None:
    """A word taken from an answer finds the real one, and its answer is under the same pseudonym."""
    word = masked.call("/leads", {"data": [{"first_name": "Ada"}]}).json()["data"][0]["first_name"]
    again = masked.call(f"/leads?query={word}&limit=7", {"data": [{"first_name": "Ada"}]})
    assert masked.wire.sent[1].url == "https://api.acme.test/v1/leads?query=Ada&limit=7"
    assert again.json()["data"][0]["first_name"] == word


def test_what_a_scenario_sends_comes_back_as_sent(masked: Masked) -> None:
    """Its own text is nobody's name: told whole, with something added, or cut."""
    name = "nhq-abcdef Grüße an alle, die da sind"
    told = {"data": [{"name": name}, {"name": f"{name} (Copy 2)"}, {"name": f"{name[:20]}…"}]}
    rows = masked.call("/lead_lists", told, method="POST", json={"lead_lists": [{"name": name}]}).json()["data"]
    assert [rows[0]["name"], rows[2]["name"]] == [name, f"{name[:20]}…"]
    assert rows[1]["name"].startswith(f"{name} (")
    assert json.loads(masked.wire.sent[0].body or b"")["lead_lists"][0]["name"] == name


def test_a_text_of_an_earlier_test_is_no_longer_ones_own(masked: Masked) -> None:
    """Each test begins without memory of what was sent before."""
    masked.call("/lead_lists", method="POST", json={"lead_lists": [{"name": "Adelaide Crowther"}]})
    masked.mask.forget()
    assert b"Crowther" not in masked.call("/lead_lists", {"data": [{"name": "Adelaide Crowther"}]}).content


def test_a_pseudonym_in_a_body_is_put_back(masked: Masked) -> None:
    """And what the target makes of it is under the same pseudonym."""
    word = masked.names.of("Ada")
    seen = masked.call("/x", {"data": {"name": "Ada and more"}}, method="POST", json={"name": f"{word} and more"})
    assert json.loads(masked.wire.sent[0].body or b"") == {"name": "Ada and more"}
    assert seen.json() == {"data": {"name": f"{word} and more"}}


def test_cursors_are_handed_back(masked: Masked) -> None:
    """A cursor may hold anything, so it is replaced, and the target gets its own."""
    cursor = masked.call("/leads", {"pagination": {"next_cursor": "YWRhIGxvdmVsYWNl"}}).json()["pagination"][
        "next_cursor"
    ]
    assert cursor.startswith("cursor-")
    masked.call(f"/leads?cursor={cursor}")
    assert masked.wire.sent[1].url == "https://api.acme.test/v1/leads?cursor=YWRhIGxvdmVsYWNl"


def test_what_is_no_json_is_masked_word_by_word(masked: Masked) -> None:
    """A page of HTML may name people too."""
    seen = masked.call("/leads", b"<h1>Ada Lovelace</h1>").text
    assert "Ada" not in seen
    assert "Lovelace" not in seen


def test_cookies_and_coding_are_dropped(masked: Masked) -> None:
    """Headers that are not known to be harmless, and those that spoke of the body's way here."""
    assert dict(masked.call("/leads").headers) == {"content-type": "application/json"}


def test_an_id_that_could_be_a_person_is_opaque_and_handed_back(masked: Masked) -> None:
    """In a path and in a filter the target gets its own."""
    ident = masked.call("/leads", {"data": [{"id": "ada@engines.co"}]}).json()["data"][0]["id"]
    assert ident.startswith("id-")
    masked.call(f"/leads/{ident}/enrich")
    masked.call(f"/leads?list_ids=list_1,{ident}&limit=5")
    assert masked.wire.sent[1].url == "https://api.acme.test/v1/leads/ada%40engines.co/enrich"
    assert masked.wire.sent[2].url == "https://api.acme.test/v1/leads?list_ids=list_1%2Cada%40engines.co&limit=5"


def test_a_secret_is_kept_nowhere(masked: Masked) -> None:
    """As an id, a code, a member's name, a cursor, in a page, a header or a reason phrase."""
    packed = b64encode(f"Bearer {SECRET}".encode()).decode()
    row = {"id": SECRET, "code": SECRET.replace("-", "_"), SECRET: 1, "status": packed, "field": SECRET}
    masked.wire.headers = {"Allow": SECRET, "Date": SECRET, "X-RateLimit-Limit": packed}
    for told in ({"data": [row], "pagination": {"next_cursor": packed}}, f"<p>{SECRET} {packed}</p>".encode()):
        seen = masked.call("/leads", told)
        assert SECRET not in str(seen.headers) + seen.text
        assert packed not in str(seen.headers) + seen.text
        assert seen.reason == "OK"


def test_a_number_that_could_be_a_telephones_is_another(masked: Masked) -> None:
    """As long as it was, and still a number."""
    seen = masked.call("/leads", {"data": {"lead_count": 4915123456789, "totalLeads": 12}}).json()["data"]
    assert seen["totalLeads"] == 12
    assert seen["lead_count"] != 4915123456789
    assert len(str(seen["lead_count"])) == 13
