"""What others do at the mock: each act changes something, and nothing that a run of ours made."""

import random
from collections.abc import Callable
from itertools import combinations

import pytest
from msgspec.structs import replace

from nhq.clock import ManualClock
from nhq.errors import ConfigError
from nhq.mock.app import create_app
from nhq.mock.policies import Policies
from nhq.mock.store import Store, newest_first
from nhq.mutation.variants.acts import ACTS, Scene
from nhq.mutation.variants.catalogue import find_variant, policy_change
from nhq.mutation.variants.others import by_seeds, covering_sets

NOW = 1.8e9


@pytest.fixture(scope="module")
def planted() -> Store:
    """What a mock begins with, and a list and a lead of ours."""
    store = create_app(clock=ManualClock()).engine.store
    workspace = store.workspaces[0]
    lead = next(iter(store.leads.values()))
    store.lists["ours"] = replace(next(iter(store.lists.values())), id="ours", name="nhq-abc")
    store.leads["ours-too"] = replace(lead, id="ours-too", linkedin_url="https://www.linkedin.com/in/nhq-abc")
    store.insert("lists", workspace, newest_first(NOW, 1, "ours"))
    store.insert("leads", workspace, newest_first(NOW, 2, "ours-too"))
    store.owner |= {"ours": workspace, "ours-too": workspace}
    return store


def looks(store: Store) -> dict[str, object]:
    """All that a store holds, to be compared."""
    return {name: value for name, value in vars(store.copy()).items() if name != "number"}


@pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))
def test_an_act_changes_something_and_nothing_of_ours(planted: Store, act: Callable[[Scene], None]) -> None:
    """Twenty times over: the store is another, our list and our lead are as they were, and nobody joins or leaves."""
    store = planted.copy()
    for number in range(20):
        act(Scene(store, store.workspaces[0], NOW + number, random.Random(number)))
    assert looks(store) != looks(planted)
    assert store.lists["ours"] == planted.lists["ours"]
    assert store.leads["ours-too"] == planted.leads["ours-too"]
    assert store.listed("members", "ours") == []


@pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))
def test_an_act_in_an_empty_workspace_is_none(act: Callable[[Scene], None]) -> None:
    """Where there is nothing to act on, nothing happens."""
    store = Store(1)
    act(Scene(store, "alpha", NOW, random.Random(1)))
    assert store.rows == {}


def test_any_two_acts_meet() -> None:
    """Of two acts both are tried together, and each without the other."""
    rows = [set(variant.id.split(":")[1].split("+")) for variant in covering_sets(1)][1:]
    for one, other in combinations(ACTS, 2):
        met = {(one in row, other in row) for row in rows}
        assert met >= {(True, True), (True, False), (False, True)}, (one, other)


def test_others_are_named_by_their_acts_and_a_seed() -> None:
    """The mock's switch and `nhq mutation` know them by such an id; each replaces one policy and shares the mock."""
    usual = Policies()
    for ident in ("others:pause+delete:7", "others:all:1", *(variant.id for variant in by_seeds(3, 2))):
        variant = find_variant(ident)
        assert variant.id == ident
        assert variant.shared
        assert policy_change(ident)(usual).meanwhile is not usual.meanwhile


@pytest.mark.parametrize("ident", ["others:fly:1", "others:pause", "others::1", "others:pause:x"])
def test_an_act_that_nobody_knows_is_one_clear_line(ident: str) -> None:
    """It is the caller's mistake."""
    with pytest.raises(ConfigError, match="others"):
        find_variant(ident)
