"""The model of campaigns beside the list: what it takes over from the list, and what it holds against it."""

from importlib.util import module_from_spec, spec_from_file_location
from types import SimpleNamespace
from typing import Any

import pytest

from nhq import paths


@pytest.fixture
def looks(pytestconfig: pytest.Config) -> Any:
    """What the model says of a list that shows a status for one that it expects, on a target of ours or not."""
    for name in ("scenario", "rule"):
        pytestconfig.addinivalue_line("markers", f"{name}(*ids): of scenarios")
    spec = spec_from_file_location("workflows", paths.contracts_folder() / "test_workflows.py")
    assert spec is not None
    assert spec.loader is not None
    workflows = module_from_spec(spec)
    spec.loader.exec_module(workflows)
    lifecycle = workflows.Lifecycle

    def look(expected: str, shown: str, *, undisturbed: bool = True) -> bool:
        said: list[bool] = []
        page = SimpleNamespace(json=lambda: {"data": [{"id": "c", "status": shown}]})
        api = SimpleNamespace(operation=lambda name: SimpleNamespace(limits=(1, 500)))
        model = SimpleNamespace(
            stage=SimpleNamespace(undisturbed=undisturbed, api=api),
            status={"c": expected},
            names={"c": "one"},
            ok=lambda *_, **__: page,
            about=lifecycle.about,
            must=lambda rule, ok, *_, **__: said.append(ok),
        )
        lifecycle.look(model, "c", True)
        return said == [True]

    return look


@pytest.mark.parametrize(
    ("expected", "shown", "kept"),
    [("started", "started", True), ("started", "paused", False), ("paused", "started", False)],
)
def test_the_list_is_held_to_the_model(looks: Any, expected: str, shown: str, kept: bool) -> None:
    """Another status than the action left is a finding."""
    assert looks(expected, shown) is kept


def test_a_running_campaign_may_have_come_to_its_end(looks: Any) -> None:
    """`completed` is taken over of a started one; of a paused one only where others may have resumed it."""
    assert looks("started", "completed")
    assert not looks("paused", "completed")
    assert looks("paused", "completed", undisturbed=False)
