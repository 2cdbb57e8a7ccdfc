"""On a server that breaks everything, the first finding of each area comes early."""

from pathlib import Path

import pytest

from nhq.contract import Contract
from nhq.run.area_order import Areas, Planned
from nhq.run.gate import plan_run
from nhq.run.gate_options import GateOptions

BEFORE = 15  # requests that see whether the key is right, and what the target holds


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> list[Planned]:
    """The tests of three minutes with one key, in the plan's order."""
    file: Path = tmp_path_factory.mktemp("one") / "target.toml"
    scopes = ", ".join(f'"{scope}"' for scope in sorted(contract.scopes))
    key = f'[[key]]\nlabel = "one"\nenv = "NHQ_ONE_KEY"\nworkspace = "alpha"\nscopes = [{scopes}]\n'
    file.write_text(f'base_url = "http://127.0.0.1:9/v1"\nallow = ["read", "write", "send", "spend"]\n{key}', "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NHQ_ONE_KEY", "secret-of-one")
        planner = plan_run(GateOptions(target=file, minutes=3.0)).planner
    assert planner is not None
    assert planner.choice is not None
    costs, rules = planner.choice.costs(), {step.test: tuple(step.rules) for step in planner.choice.taken}
    return [(rules[test], cost.total) for test, cost in costs.items()]


def test_each_area_is_found_broken_within_the_first_minute(planned: list[Planned], contract: Contract) -> None:
    """Within sixty requests: what every test of an area would find is told when it ends."""
    areas, rest, ended = Areas(contract), list(planned), list[Planned]()
    found: dict[str, int] = {}
    spent = BEFORE
    while rest:
        broken = {rule for rules, _ in ended for rule in rules}
        areas.see(ended, rest, broken)
        test = min(rest, key=lambda one: areas.turn(*one))
        rest.remove(test)
        ended.append(test)
        spent += test[1]
        for rule in test[0]:
            found.setdefault(contract.rules[rule].area, spent)
    everywhere = {rule.area for rule in contract.rules.values() if rule.scope == "exchange"}  # shown by any answer
    assert found.keys() | everywhere == {rule.area for rule in contract.rules.values()}
    assert max(found.values()) <= 60, found
