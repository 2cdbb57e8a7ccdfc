"""What a mix calls."""

import json
import random

import pytest
from known_contract import CONTRACT

from nhq.errors import ConfigError
from nhq.load.traffic_mix import Ids, Mix, make_call, mix_operations, permitted_mix, scopes_of, to_learn
from nhq.model import Effect

ROWS = mix_operations()
RNG = random.Random(1)


def test_rows_are_those_of_the_contract():
    """Method, path, scope and effect as the contract's table has them."""
    for row in CONTRACT.operations.values():
        mine = ROWS[row.id]
        assert (mine.method, mine.path, mine.scope, mine.effect) == (row.method, row.path, row.scope, row.effect)
    assert len(ROWS) == 16


def test_what_a_target_does_not_allow_is_left_out():
    """By effect, and named."""
    kept, left_out = permitted_mix({"list_leads": 3, "send_message": 1, "enrich_lead": 2}, [Effect.READ, Effect.SEND])
    assert kept == {"list_leads": 3, "send_message": 1}
    assert left_out == ["enrich_lead"]


def test_a_mix_of_which_nothing_is_left():
    """It cannot be run."""
    with pytest.raises(ConfigError, match="allows no operation of the mix: enrich_lead"):
        permitted_mix({"enrich_lead": 2}, [Effect.READ])


def test_a_mix_with_a_slip():
    """The name is told."""
    with pytest.raises(ConfigError, match="list_lead,"):
        permitted_mix({"list_lead": 1}, list(Effect))


def test_lists_are_read_before_what_needs_their_ids():
    """Each list once; where nothing needs an id, one harmless read shows the key's window."""
    assert to_learn({"get_lead": 1, "list_members": 1, "save_message_overrides": 1}, ROWS) == [
        "list_leads",
        "list_lead_lists",
        "list_campaigns",
    ]
    assert to_learn({"list_campaigns": 1}, ROWS) == ["list_campaigns"]
    assert to_learn({"create_lead_lists": 1}, ROWS) == ["list_leads"]


def test_a_key_needs_the_scopes_of_the_lists_that_a_mix_needs_too():
    """Ids can't be learned without them; a read that only shows the key's window needs none."""
    assert scopes_of({"get_lead": 1, "save_message_overrides": 1}, ROWS) == {
        "leads:read",
        "campaigns:read",
        "campaigns:write",
    }
    assert scopes_of({"create_lead_lists": 1}, ROWS) == {"lead_lists:write"}


@pytest.mark.parametrize("answer", [b"", b"no", b"[]", b'{"data": null}', b'{"data": [1]}', b'{"data": [{}]}'])
def test_an_answer_without_ids_teaches_nothing(answer: bytes):
    """Whatever it is."""
    ids = Ids()
    ids.learn("list_leads", answer)
    assert ids.known == {}
    assert make_call(ROWS["get_lead"], ids, RNG).path == "/leads/unknown"


def test_ids_fill_paths():
    """With what lists have shown, the first time."""
    ids = Ids()
    ids.learn("list_leads", json.dumps({"data": [{"id": "L1"}, {"id": "L2"}]}).encode())
    ids.learn("list_leads", json.dumps({"data": [{"id": "L3"}]}).encode())
    ids.learn("get_lead", json.dumps({"data": [{"id": "X"}]}).encode())
    assert {make_call(ROWS["get_lead"], ids, RNG).path for _ in range(20)} == {"/leads/L1", "/leads/L2"}


@pytest.mark.parametrize("name", ROWS)
def test_requests_are_valid(name: str):
    """Bodies where the contract has one, and none of its validators objects."""
    contract = CONTRACT
    call = make_call(ROWS[name], Ids({"campaign_id": ["c"], "lead_id": ["l"]}), RNG)
    assert "{" not in call.path
    assert bool(call.body) is contract.operations[name].has_body
    if call.body:
        assert "nhq-" in call.body or name == "run_campaign_action"


def test_a_mix_is_the_same_for_the_same_seed_and_keeps_its_weights():
    """Three of four are what weighs three."""

    def drawn(seed: int) -> list[str]:
        mix = Mix({"list_leads": 3, "list_campaigns": 1}, ROWS, Ids(), random.Random(seed))
        return [mix.next().operation for _ in range(400)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert 0.68 < drawn(1).count("list_leads") / 400 < 0.82
