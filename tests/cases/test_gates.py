"""The whole gate against a server whose successes lack their JSON: what its tests make of that."""

import json
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from forbidden import FORBIDDEN
from proxy import Proxy

from nhq.cli import main
from nhq.client.target import Target


def target_file(mock: Target, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A target file for a mock behind a proxy; its keys go into the environment."""
    monkeypatch.setenv("NHQ_CONTROL", mock.control_token)
    lines = [f'base_url = "{url}"', f'control_url = "{mock.control_url}"', 'control_env = "NHQ_CONTROL"']
    lines += [f"allow = {json.dumps(sorted(mock.allow))}"]
    for number, key in enumerate(mock.keys):
        monkeypatch.setenv(f"NHQ_KEY_{number}", key.secret)
        row = {"label": key.label, "env": f"NHQ_KEY_{number}", "workspace": key.workspace, "revoked": key.revoked}
        lines += ["[[key]]", *(f"{name} = {json.dumps(value)}" for name, value in row.items())]
        lines += [f"scopes = {json.dumps(sorted(key.scopes))}"]
    path = folder / "target.toml"
    path.write_text("\n".join(lines), "utf-8")
    return str(path)


@pytest.mark.parametrize("mode", ["204", pytest.param("list200", marks=pytest.mark.proof)])
def test_no_test_crashes_over_a_missing_body(mock, tmp_path, monkeypatch, mode):
    """Sixty tests once ended as "trouble on our side": now one finding an operation tells the cause."""
    with Proxy(urlsplit(mock.base_url).port or 0, FORBIDDEN[mode].alter) as proxy, pytest.raises(SystemExit) as exited:
        main(["gate", "--target", target_file(mock, proxy.url, tmp_path, monkeypatch), "--out", str(tmp_path)])
    record = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert (exited.value.code, record["troubles"]) == (1, [])
    assert {finding["rule"] for finding in record["findings"]} == set(FORBIDDEN[mode].rules)
    assert set(Counter(finding["operation"] for finding in record["findings"]).values()) == {1}
    unknown = [test["cause"] for test in record["tests"] if test["outcome"] == "unknown"]
    assert any("create_lead_lists answered" in cause for cause in unknown)
