"""What a target file says of a thing may be old: its owner has changed the thing since, and nobody is accused of it."""

import json
import re
import subprocess
import sys
from pathlib import Path

from nhq.client.mock_process import mock_target, write_live

RULES = ("CAMP-START-NEEDS-LIST", "CAMP-START-NEEDS-SENDER")
CHOSEN = [word for rule in RULES for word in ("--rule", rule)]


def test_a_draft_that_lacks_nothing_any_more_is_not_started(tmp_path: Path) -> None:
    """Named for lacking a list and a sender, it has both by now: no start is sent, which would reach people."""
    with mock_target(seed=1, options=["--real-time", "--window", "1"]) as target:
        path, environ = write_live(target, tmp_path)
        ready = target.given["campaign_startable"]
        old = r"^(campaign_without_(?:lead_list|sender)) = .*$"
        path.write_text(re.sub(old, rf'\1 = "{ready}"', path.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
        command = [sys.executable, "-m", "nhq", "gate", "--target", str(path), "--out", str(tmp_path), *CHOSEN]
        subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    record = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert (record["findings"], record["written"]) == ([], [])
    assert {rule["verdict"] for rule in record["rules"] if rule["id"] in RULES} == {"unknown"}
