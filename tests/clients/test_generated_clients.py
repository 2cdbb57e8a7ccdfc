"""Clients that other people's generators make of the contract can talk to the mock."""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from nhq import paths
from nhq.client.mock_process import mock_target
from nhq.client.target import Target

BIN = Path(sys.executable).parent

LEAD = {"first_name": "Ada", "last_name": "Example", "linkedin_url": "https://www.linkedin.com/in/nhq-ada"}
SLOT = {"node_type": "send_message", "message_stage": "ice_breaker", "message": "Hello"}


@pytest.fixture
def target() -> Iterator[Target]:
    """A fresh mock."""
    with mock_target(seed=1) as target:
        yield target


def calls(target: Target) -> list[tuple[str, dict[str, str], Any]]:
    """Each operation once: its path as a dotted name, its path parameters, its body. Reads first, then effects."""
    ids = SimpleNamespace(**target.given)
    a_list = {"lead_list_id": ids.list_large}
    campaign, conversation = {"campaign_id": ids.campaign_large}, {"conversation_id": ids.conversation_long}
    lead = {"lead_id": ids.lead_enrichable}
    return [
        ("campaigns get_campaigns", {}, None),
        ("campaigns get_campaigns_campaign_id_leads", campaign, None),
        ("linked_in_accounts get_linkedin_accounts", {}, None),
        ("lead_lists get_lead_lists", {}, None),
        ("lead_lists get_lead_lists_lead_list_id", a_list, None),
        ("leads get_lead_lists_lead_list_id_leads", a_list, None),
        ("leads get_leads", {}, None),
        ("leads get_leads_lead_id", lead, None),
        ("conversations get_conversations", {}, None),
        ("conversations get_conversations_conversation_id", conversation, None),
        ("lead_lists post_lead_lists", {}, {"lead_lists": [{"name": "nhq generated"}]}),
        ("leads post_lead_lists_lead_list_id_leads", a_list, {"leads": [LEAD]}),
        ("leads post_leads_lead_id_enrich", lead, None),
        ("conversations post_conversations_conversation_id_messages", conversation, {"content": "Hello"}),
        ("campaigns post_campaigns_campaign_id_actions", {"campaign_id": ids.campaign_startable}, {"action": "start"}),
        (
            "campaigns put_campaigns_campaign_id_leads_lead_id_message_overrides",
            {**campaign, "lead_id": enrolled(target)},
            {"messages": [SLOT]},
        ),
    ]


def enrolled(target: Target) -> str:
    """A lead that is enrolled in the large campaign."""
    import requests

    headers = {"Authorization": f"Bearer {target.keys[0].secret}"}
    url = f"{target.base_url}/campaigns/{target.given['campaign_large']}/leads"
    page = requests.get(url, params={"limit": 1}, headers=headers, timeout=10).json()
    return str(page["data"][0]["lead_id"])


def generate(*command: str) -> None:
    """Run a generator; what it says is shown only if it fails."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": path}, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_openapi_python_client_calls_all_sixteen_and_parses_every_answer(tmp_path, monkeypatch, target):
    """A client of openapi-python-client gets a typed success from each operation, with nothing lost in parsing."""
    tool = str(BIN / "openapi-python-client")
    out = str(tmp_path / "nhq_generated_a")
    generate(tool, "generate", "--path", str(paths.openapi_file()), "--output-path", out, "--meta", "none")
    monkeypatch.syspath_prepend(str(tmp_path))
    client_module = importlib.import_module("nhq_generated_a.client")
    client = client_module.AuthenticatedClient(
        base_url=target.base_url, token=target.keys[0].secret, raise_on_unexpected_status=True
    )
    called = 0
    for name, path, body in calls(target):
        module = importlib.import_module("nhq_generated_a.api." + name.replace(" ", "."))
        arguments = dict(path) if body is None else {**path, "body": _body_of(module, body)}
        answer = module.sync_detailed(client=client, **arguments)
        assert answer.status_code in {200, 201}, name
        assert answer.parsed.to_dict().keys() == _sent(answer).keys(), name
        called += 1
    assert called == 16


def _sent(answer: Any) -> dict[str, Any]:
    import json

    decoded: dict[str, Any] = json.loads(answer.content)
    return decoded


def _body_of(module: ModuleType, body: Any) -> Any:
    """The body as the generated model that takes all its members."""
    models = [
        v for n, v in vars(module).items() if isinstance(v, type) and hasattr(v, "from_dict") and "esponse" not in n
    ]
    for model in models:
        try:
            made = model.from_dict(dict(body))
        except (KeyError, TypeError, ValueError):
            continue
        if made.to_dict() == body and not getattr(made, "additional_properties", None):
            return made
    raise AssertionError(f"no generated model takes {sorted(body)}")


@pytest.mark.proof
def test_openapi_generator_calls_all_sixteen_and_parses_every_answer(tmp_path, monkeypatch, target):
    """A client of openapi-generator gets a typed success from each operation."""
    options = ["-g", "python", "-i", str(paths.openapi_file()), "--package-name", "nhq_generated_b"]
    generate(str(BIN / "openapi-generator-cli"), "generate", *options, "-o", str(tmp_path / "b"))
    monkeypatch.syspath_prepend(str(tmp_path / "b"))
    package = importlib.import_module("nhq_generated_b")
    configuration = package.Configuration(host=target.base_url, access_token=target.keys[0].secret)
    called = 0
    with package.ApiClient(configuration) as client:
        for name, path, body in calls(target):
            tag, verb = name.split()
            api = getattr(package, {"linked_in_accounts": "LinkedInAccounts"}.get(tag, _camel(tag)) + "Api")(client)
            method, _, rest = verb.partition("_")
            call = getattr(api, f"{rest}_{method}_with_http_info")
            answer = call(*path.values(), *([] if body is None else [_typed(call, body)]))
            assert answer.status_code in {200, 201}, name
            assert answer.data is not None, name
            called += 1
    assert called == 16


def _camel(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def _typed(call: Any, body: Any) -> Any:
    """The body as the model that the generated method's last parameter is annotated with."""
    import typing

    names = [n for n in typing.get_type_hints(call) if n not in {"return"} and not n.startswith("_")]
    model = typing.get_type_hints(call)[names[-1]]
    for candidate in (model, *typing.get_args(model)):
        if hasattr(candidate, "from_dict"):
            return candidate.from_dict(body)
    return body
