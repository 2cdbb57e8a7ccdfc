"""The cassettes that travel with the code: fresh, clean of persons and secrets, kept by a replay without a network."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from known_contract import CONTRACT

from nhq import paths
from nhq.cassettes.cassette_library import (
    DISCOVERY,
    Recorded,
    cassette_path,
    cassettes_folder,
    read_all,
    stale_cassettes,
)
from nhq.cassettes.cassette_recording import scripted_files

MOST_BYTES = 2_000_000
# What keys look like, ours and others': a known beginning, or a long run of hex or of mixed letters and digits.
CREDENTIAL = re.compile(
    r"\b(?:nhq_mock_|sk[_-]|pk[_-]|ghp_|xox[abp]-|AKIA|eyJhbGci)[\w-]{8,}|\b[0-9a-f]{32,}\b"
    r"|\b(?=\w*[a-z])(?=\w*[A-Z])(?=\w*\d)\w{32,}\b|-----BEGIN"
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


@pytest.fixture(scope="module")
def shelf() -> dict[str, Recorded]:
    return read_all(cassettes_folder())


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every file as it stands, and unescaped, by name."""
    return {file.name: told(file) for file in sorted(cassettes_folder().rglob("*.yaml"))}


def told(file: Path) -> str:
    """A cassette's text, with what YAML and URLs escape written out too."""
    held = read_all_texts(file)
    return "\n".join([file.read_text("utf-8"), *held, *map(unquote_plus, held)])


def read_all_texts(file: Path) -> list[str]:
    from nhq.cassettes.cassette_transport import load_cassette

    data = load_cassette(file).data
    return [
        text for request, answer in data for text in (request.uri, _text(request.body), _text(answer["body"]["string"]))
    ]


def _text(body: bytes | None) -> str:
    return (body or b"").decode("utf-8", "replace")


def seed_words() -> set[str]:
    """First and last names, names of accounts and companies, their domains, and whole messages of the mock's seed."""
    folder = paths.fixtures_folder() / "workspace"
    words = tomllib.loads((folder / "words.toml").read_text("utf-8"))
    workspaces = [tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in ("alpha", "beta")]
    accounts = {row["name"] for spec in workspaces for row in spec["account"]}
    companies = {row[name] for row in words["company"] for name in ("name", "domain")}
    named = {*words["first_names"], *words["last_names"], *words["texts"], *words["notes"], *accounts, *companies}
    return {word for word in named if len(word) > 1}


def test_none_is_stale(shelf: dict[str, Recorded]) -> None:
    """Each was recorded under this contract, and its test is still there; `nhq record` makes them anew."""
    tests = collected()
    assert len(tests) > 100
    assert stale_cassettes(shelf, CONTRACT.digest, tests) == []


def collected() -> set[str]:
    """The ids of all scripted scenarios, as pytest collects them."""
    code = (
        "import sys, pytest\n"
        "from nhq.cassettes.cassette_recording import scripted_files\n"
        "from nhq.run.pytest_isolation import pytest_arguments\n"
        "from nhq.run.scenario_ids import scenario_id\n"
        "class Tell:\n"
        "    def pytest_collection_finish(self, session):\n"
        "        print('\\n'.join(scenario_id(item) for item in session.items))\n"
        "pytest.main([*pytest_arguments(1, scripted_files()), '--collect-only'], plugins=[Tell()])\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    return {line for line in ran.stdout.splitlines() if "/" in line}


def test_each_lies_where_its_test_says(shelf: dict[str, Recorded]) -> None:
    """A cassette's path follows from its scenario's id."""
    assert [
        r.name for test, r in shelf.items() if cassettes_folder() / r.name != cassette_path(cassettes_folder(), test)
    ] == []
    assert DISCOVERY in shelf


def test_they_are_small() -> None:
    """All of them together, so that a clone stays cheap."""
    assert 0 < sum(file.stat().st_size for file in cassettes_folder().rglob("*.yaml")) <= MOST_BYTES


def test_no_credential_stands_in_them(texts: dict[str, str]) -> None:
    """Nothing that looks like a key or a token, whoever's; the contract's digest aside."""
    digest = CONTRACT.digest
    seen = {name: CREDENTIAL.findall(text.replace(digest, "")) for name, text in texts.items()}
    assert [f"{name}: {found[0][:12]}…" for name, found in seen.items() if found] == []


@pytest.mark.parametrize("text", ["nhq_mock_0123456789ab", "eyJhbGciOiJIUzI1NiJ9", "0123456789abcdef" * 2, "aB3" * 12])
def test_a_credential_is_recognised(text: str) -> None:
    """By how it begins, or by being long and without sense."""
    assert CREDENTIAL.search(f"Authorization: Bearer {text}")


def test_no_address_stands_in_them(texts: dict[str, str]) -> None:
    """E-mail addresses are pseudonyms, in a domain that can't exist, or the scenarios' own."""
    found = {address for text in texts.values() for address in EMAIL.findall(text)}
    sources = "".join(file.read_text("utf-8") for file in scripted_files())
    assert [a for a in sorted(found) if not a.endswith(".example") and a.rpartition("@")[2] not in sources] == []
    assert not any(re.search(r"contact\d+@", text) for text in texts.values())


def test_no_name_from_the_seed_stands_in_them(texts: dict[str, str]) -> None:
    """No person, company or message of the mock's workspaces, unless a scenario says the same word by itself."""
    sources = "".join(file.read_text("utf-8") for file in scripted_files())
    words = {word for word in seed_words() if word not in sources}
    assert len(words) > 60
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})(?!\w)")
    assert [f"{name}: {found[0]}" for name, text in texts.items() if (found := pattern.findall(text))] == []


# --- replaying ------------------------------------------------------------------------------------------------


def replay(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "nhq", "replay", *arguments], capture_output=True, text=True, check=False, timeout=120
    )


def test_all_are_played_and_hold(tmp_path: Path, shelf: dict[str, Recorded]) -> None:
    """Every scenario passes against its cassette, to the last interaction, and the record of it is whole."""
    ran = replay("--out", str(tmp_path))
    record: dict[str, Any] = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert record["troubles"] == []
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert record["kind"] == "replay"
    assert record["findings"] == []
    assert {test["scenario"] for test in record["tests"]} == shelf.keys() - {DISCOVERY}
    assert {test["outcome"] for test in record["tests"]} == {"passed"}


def test_the_same_contract_breaks_nothing() -> None:
    """Judged against today's contract as if it were a changed one, nothing is broken and no quote has gone."""
    ran = replay("--contract", str(paths.openapi_file()))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.fullmatch(r"\d{3,} interactions judged, 0 broken, 0 changes to what we judge by fail\n", ran.stdout)


def test_a_change_names_what_it_breaks(tmp_path: Path) -> None:
    """A narrower schema, a status that goes, a new required member: each with cassette, number, operation and rule."""
    document = json.loads(paths.openapi_file().read_text("utf-8"))
    document["components"]["schemas"]["Lead"]["properties"]["id"]["maxLength"] = 3
    del document["paths"]["/lead_lists/{lead_list_id}/leads"]["post"]["responses"]["207"]
    document["components"]["schemas"]["SendConversationMessageRequest"]["required"].append("tone")
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document), "utf-8")
    ran = replay("--contract", str(changed), "--out", str(tmp_path / "out"))
    assert ran.returncode == 1
    place = r"^broken \w+/\S+\.yaml#\d+ "
    for told_as in (
        r"import_leads: SCHEMA-BODY /data/id: maxLength: 3 ",
        r"import_leads: STATUS-DOCUMENTED : one of .*207 has gone",
        r"send_message: REQUEST-VALID /: required: tone",
    ):
        assert re.search(place + told_as, ran.stdout, re.MULTILINE), told_as
    record = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    assert record["kind"] == "replay"
    assert record["exit_code"] == 1
    assert all("#" in finding["test"] for finding in record["findings"])


def test_a_quote_that_went_is_told(tmp_path: Path) -> None:
    """The rest is judged all the same, the rule is named and fails; the stanza in the record approves it."""
    document = json.loads(paths.openapi_file().read_text("utf-8"))
    get = document["paths"]["/leads"]["get"]
    get["description"] = get["description"].replace("AND-matched", "matched")
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document), "utf-8")
    ran = replay("--contract", str(changed), "--out", str(tmp_path / "out"))
    assert ran.returncode == 1, ran.stdout
    assert "gone rule SEARCH-AND: its quote is no longer at /paths/~1leads/get/description" in ran.stdout
    record = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    stanzas = [change["stanza"] for change in record["contract"]["changes"] if change["fails"]]
    approvals = tmp_path / "approvals.toml"
    approvals.write_text("\n".join(stanzas).replace('= ""', '= "agreed"'), "utf-8")
    approved = replay("--contract", str(changed), "--approvals", str(approvals))
    assert (approved.returncode, "gone rule" in approved.stdout) == (0, False), approved.stdout


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"openapi": "3.1.0"}', "nothing"])
def test_a_document_that_is_none_is_bad_input(content: str, tmp_path: Path) -> None:
    """One line and exit 2."""
    changed = tmp_path / "changed.json"
    changed.write_text(content, "utf-8")
    ran = replay("--contract", str(changed))
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    assert ran.stderr.startswith("nhq: changed.json")


def test_a_folder_without_cassettes_is_bad_input(tmp_path: Path) -> None:
    """One line and exit 2, and what makes cassettes is named."""
    ran = replay("--cassettes", str(tmp_path))
    assert ran.returncode == 2
    assert "nhq record" in ran.stderr
