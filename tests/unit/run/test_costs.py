"""The costs kept per test: read from records, at two depths, for one contract."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nhq.client.target import Target
from nhq.contract import Contract
from nhq.errors import ConfigError
from nhq.model import Identity
from nhq.record.run_record import Record
from nhq.run.costs import DISCOVERY, Cost, Costs, Depth, costs_as_text, costs_path, load_costs
from tests.made_records import made_record


def record(made_for: Contract, **changes: Any) -> Record:
    test = {"id": "test_a.py::test_a", "scenario": "a/a", "requests": 5, "keys": {"wide": 5}, "own_seconds": 130.0}
    told = {"profile": "live", "contract": {"digest": made_for.digest}, "target": {}, "requests": {"total": 12}}
    return made_record(**{**told, "tests": [test], **changes})


def test_a_record_tells_costs(contract: Contract, tmp_path: Path) -> None:
    """Of each test, and of discovery, which is what no test sent."""
    (tmp_path / "costs.json").write_text(costs_as_text(record(contract)), "utf-8")
    costs = load_costs(contract.digest, tmp_path / "costs.json")
    assert costs.of("a/a") == Cost("a/a", {"wide": 5}, 2.2)
    assert costs.of(DISCOVERY).total == 7
    assert costs.of("a/new").total == 0


def test_records_of_two_profiles_tell_two_depths(contract: Contract, tmp_path: Path) -> None:
    """One leaves what the other told; a test costs at a depth that nobody measured what it does at the other."""
    first = costs_as_text(record(contract))
    deep = {"id": "test_a.py::test_a", "scenario": "a/a", "requests": 9, "keys": {"wide": 9}}
    both = costs_as_text(record(contract, profile="gate", tests=[deep]), json.loads(first))
    (tmp_path / "costs.json").write_text(both, "utf-8")
    costs = load_costs(contract.digest, tmp_path / "costs.json")
    assert (costs.of("a/a").total, costs.of("a/a", Depth.GATE).total) == (5, 9)
    (tmp_path / "costs.json").write_text(first, "utf-8")
    assert load_costs(contract.digest, tmp_path / "costs.json").of("a/a", Depth.GATE).total == 5


ONE = Target("https://api.invalid/v1", (Identity("one", "a", frozenset({"leads:read", "leads:write"}), "1"),))
TWO = replace(ONE, keys=(*ONE.keys, Identity("two", "a", frozenset({"leads:read"}), "2")))


def test_a_full_window_costs_what_the_target_allows() -> None:
    """The tests of the limiter fill as many windows there; others send what they always send."""
    known = {name: Cost(name, {"wide": 83}) for name in ("ratelimit/a", "leads/a")}
    costs = Costs("", known, limit=60)
    assert costs.on(replace(ONE, limit=400)).of("ratelimit/a").total == 423
    assert costs.on(replace(ONE, limit=400)).of("leads/a").total == 83
    assert costs.on(replace(ONE, limit=5)).of("ratelimit/a").total == 28


def test_a_wide_key_sends_what_a_narrow_one_could_have_sent() -> None:
    """Where there is no narrow one; what only a key that lacks the scope can send stays its own."""
    cost = Cost("a/a", {"narrow": 5, "wide": 2, "no key": 1}, scopes={"leads:read": 6})
    costs = Costs("", {"a/a": cost})
    assert costs.on(ONE).of("a/a").requests == {"narrow": 1, "wide": 6, "no key": 1}
    assert costs.on(TWO).of("a/a") == cost


def test_a_deeper_run_costs_the_difference_whichever_key_sends_it() -> None:
    """Equal keys take turns: which of them sent a request in one run says nothing of the next."""
    live, deep = Cost("a/a", {"narrow": 3, "no key": 1}), Cost("a/a", {"wide": 41, "no key": 2})
    assert deep.beyond(live).requests == {"wide": 38, "no key": 1}
    assert live.beyond(deep).requests == {}


@pytest.mark.parametrize("changes", [{"profile": "pull-request"}, {"interrupted": True}, {"kind": "load"}])
def test_half_a_run_tells_nothing(contract: Contract, changes: dict[str, Any]) -> None:
    """Nor does a run of another kind."""
    with pytest.raises(ConfigError, match="whole run with the live, the gate or the nightly profile"):
        costs_as_text(record(contract, **changes))


def test_costs_of_another_contract_are_one_line(contract: Contract, tmp_path: Path) -> None:
    """The file is named, and what makes it anew."""
    (tmp_path / "costs.json").write_text(costs_as_text(record(contract, contract={"digest": "other"})), "utf-8")
    with pytest.raises(ConfigError, match=r"costs\.json: made for another contract"):
        load_costs(contract.digest, tmp_path / "costs.json")


def test_the_kept_costs_are_for_the_present_contract(contract: Contract) -> None:
    """A changed contract makes them stale, and this test fails: run `nhq live-corpus --costs RECORD`."""
    costs = load_costs(contract.digest)
    # 910 since each refused write is preceded by a read of its own; 80 more for races and for what is read again later,
    # 6 for last pages that are full, and 14 because two tests are told with the draft that the first of them opens.
    assert 0 < sum(cost.total for cost in costs.tests.values()) <= 1010


def test_kept_costs_name_tests_that_are(contract: Contract) -> None:
    """Each is a scenario's id that still is one."""
    kept = {name.split("[")[0] for name in json.loads(costs_path().read_text("utf-8"))["tests"]} - {DISCOVERY}
    texts = "".join(file.read_text("utf-8") for file in (costs_path().parents[1] / "contracts").glob("test_*.py"))
    assert kept <= set(re.findall(r'mark\.scenario\("([^"]+)"\)', texts))
