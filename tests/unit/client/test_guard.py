"""The guard refuses before a byte leaves."""

import dataclasses

import pytest
from known_contract import CONTRACT

from nhq import paths
from nhq.client.guard import Guard
from nhq.client.target import permit_effects
from nhq.contract.revision import revise_contract
from nhq.errors import NotPermitted
from nhq.model import Effect


def test_reads_pass_on_a_read_only_target(target, request_to, wire, answered):
    """A GET is sent on."""
    last = wire(lambda request: answered())
    Guard(target, CONTRACT, last).send(request_to("/leads/1"))
    assert len(last.sent) == 1


@pytest.mark.parametrize(
    ("method", "path", "word"),
    [
        ("POST", "/lead_lists", "write"),
        ("POST", "/campaigns/c/actions", "send"),
        ("POST", "/conversations/c/messages", "send"),
        ("POST", "/leads/l/enrich", "spend"),
        ("DELETE", "/leads/l", "write"),
        ("POST", "/nowhere", "write"),
    ],
)
def test_what_is_not_allowed_never_reaches_the_wire(target, request_to, wire, answered, method, path, word):
    """The refusal names the word that would permit it, and nothing is sent."""
    last = wire(lambda request: answered())
    with pytest.raises(NotPermitted, match=f'"{word}"'):
        Guard(target, CONTRACT, last).send(request_to(path, method))
    assert not last.sent


def test_each_effect_needs_its_own_word(target, request_to, wire, answered):
    """Being allowed to write doesn't allow to send or to spend."""
    writing = dataclasses.replace(target, allow=frozenset({Effect.READ, Effect.WRITE}))
    last = wire(lambda request: answered())
    guard = Guard(writing, CONTRACT, last)
    guard.send(request_to("/lead_lists", "POST"))
    with pytest.raises(NotPermitted):
        guard.send(request_to("/leads/l/enrich", "POST"))
    assert len(last.sent) == 1


def test_nothing_leaves_the_target(target, request_to, wire, answered):
    """A request to another place is refused, even one whose beginning looks alike."""
    last = wire(lambda request: answered())
    request = request_to("/leads")
    request.url = target.base_url + ".evil.test/leads"
    with pytest.raises(NotPermitted, match="leave"):
        Guard(target, CONTRACT, last).send(request)
    assert not last.sent


@pytest.mark.parametrize("effect", [Effect.SEND, Effect.SPEND])
def test_off_loopback_the_target_file_alone_permits_nothing_grave(target, effect):
    """What reaches people or costs credits needs its word on the command line too."""
    away = dataclasses.replace(target, base_url="https://api.example.test/v1", allow=frozenset(Effect))
    assert effect not in permit_effects(away, frozenset()).allow
    assert effect in permit_effects(away, frozenset({effect})).allow
    assert (
        effect
        not in permit_effects(dataclasses.replace(away, allow=frozenset({Effect.READ})), frozenset({effect})).allow
    )


def test_on_loopback_the_target_file_suffices(target):
    """A server on this machine reaches nobody."""
    here = dataclasses.replace(target, allow=frozenset(Effect))
    assert permit_effects(here, frozenset()) == here


def test_the_refusal_names_the_option_that_is_missing(target, request_to, wire, answered):
    """A word that stands in the file already needs its option, and nothing is sent."""
    away = dataclasses.replace(target, base_url="https://api.example.test/v1", allow=frozenset(Effect))
    last = wire(lambda request: answered())
    request = request_to("/conversations/c/messages", "POST")
    request.url = away.base_url + "/conversations/c/messages"
    with pytest.raises(NotPermitted, match="give --allow-send"):
        Guard(permit_effects(away, frozenset()), CONTRACT, last).send(request)
    assert not last.sent


def test_a_write_that_nobody_has_written_of_is_sent_only_where_it_is_named(target, request_to, wire, answered, edits):
    """Off loopback the target file must name a new operation of a changed contract, whatever it allows."""
    moved = revise_contract(CONTRACT, edits["write-added"].document(), "digest", paths.contracts_folder())
    far = dataclasses.replace(target, base_url="https://api.example", allow=frozenset(Effect))
    named = dataclasses.replace(far, new_operations=frozenset({"post_leads_lead_id_notes"}))
    asked, last = request_to("/leads/l/notes", "POST"), wire(lambda request: answered())
    asked.url = "https://api.example/leads/l/notes"
    with pytest.raises(NotPermitted, match="new_operations"):
        Guard(far, moved, last).send(asked)
    assert not last.sent
    Guard(named, moved, last).send(asked)
    assert len(last.sent) == 1
