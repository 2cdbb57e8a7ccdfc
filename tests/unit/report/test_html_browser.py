"""report.html in a real browser: what the page says is there, and its own policy refuses nothing of it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from nhq.record.record_json import record_of
from nhq.report import write_reports

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--enable-logging=stderr"),
)


@pytest.mark.skipif(CHROMIUM is None, reason="needs a browser: Debian's package chromium, which .ci/run installs")
def test_the_page_opens_in_a_browser(violated: dict[str, Any], tmp_path: Path) -> None:
    """Chromium shows findings and matrix of a violated run and reports no refusal by the page's policy."""
    (path,) = write_reports(record_of(violated), tmp_path / "out", ["html"])
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()]
    opened = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert '<tr id="broken-AUTH-1">' in opened.stdout
    assert '<article class="finding" id="finding-1">' in opened.stdout
    assert opened.stdout.count('<th scope="row"><a href="#rule-') == len(violated["rules"])
    assert "Content Security Policy" not in opened.stderr
