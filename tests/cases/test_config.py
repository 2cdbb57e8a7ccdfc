"""What a person may write wrongly, and what stands before a server: one line and exit 2, or judged as if it wasn't.

One mock for all; each run is of this process and asks for a list or two.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gateway import Gateway
from proxy import Proxy, alteration
from tls import Tls, certificates

from nhq.cli import main
from nhq.client.mock_process import mock_target, write_live
from nhq.client.target import Target

FEW = ("--operation", "list_linkedin_accounts", "--rule", "STATUS-DOCUMENTED")
KEYS = (
    "--operation",
    "list_linkedin_accounts",
    "--rule",
    "AUTH-ABSENT",
    "--rule",
    "AUTH-UNKNOWN",
    "--rule",
    "SCOPE-MISSING",
)
Gate = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def mock() -> Iterator[Target]:
    """A mock in real time, whose target file names no control plane: a live server, as far as the gate knows."""
    with mock_target(seed=1, options=["--real-time", "--window", "2", "--limit", "400"]) as target:
        yield target


@pytest.fixture(scope="module")
def file(mock: Target, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """The text of its target file, and the keys that it names."""
    path, environ = write_live(mock, tmp_path_factory.mktemp("file"))
    return path.read_text("utf-8"), {name: value for name, value in environ.items() if name.startswith("NHQ_LIVE_KEY")}


@pytest.fixture
def gate(
    file: tuple[str, dict[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Gate:
    """Runs `nhq gate` on the mock at another address, with more lines in its file or other keys: exit and words."""

    def run(url: str, *words: str, more: str = "", file_as: str = "{}", **keys: str) -> tuple[int, str]:
        text, secrets = file
        text = re.sub(r"^base_url = .*$", lambda _: f'base_url = "{url}"\n{more}', text, flags=re.M)
        (tmp_path / "target.toml").write_text(file_as.replace("{}", text), "utf-8")
        for name, value in {**secrets, **keys}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            chosen = words or FEW
            main(["gate", "--target", str(tmp_path / "target.toml"), "--out", str(tmp_path / "out"), *chosen])
        return int(str(ended.value.code)), capfd.readouterr().err

    return run


def port_of(target: Target) -> int:
    return int(target.base_url.rpartition(":")[2])


def one_line(said: str) -> str:
    """The last line, which is all that a run says that couldn't begin."""
    (line,) = [line for line in said.splitlines() if line.startswith("nhq: ")]
    assert "Traceback" not in said
    return line


# --- what is written


@pytest.mark.parametrize("url", ["{}", "{}/", "HTTP://LOCALHOST:{port}"])
def test_an_address_may_be_written_in_several_ways(gate: Gate, mock: Target, url: str) -> None:
    """A slash at the end and the case of the host change nothing."""
    assert gate(url.format(mock.base_url, port=port_of(mock)))[0] == 0


def test_a_file_may_begin_with_a_bom(gate: Gate, mock: Target) -> None:
    """Editors write one."""
    assert gate(mock.base_url, file_as="\ufeff{}")[0] == 0


@pytest.mark.parametrize(
    "url", ["{}?x=1", "{}#x", "http://127.0.0.1:99999", "http://127.0.0.1:abc", "http://[::1", "{} ",
            "http://user:pw@127.0.0.1:{port}"]
)  # fmt: skip
def test_an_address_that_can_not_be_is_one_line(gate: Gate, mock: Target, url: str) -> None:
    """base_url is named, before anything is sent."""
    code, said = gate(url.format(mock.base_url, port=port_of(mock)))
    assert code == 2
    assert "base_url" in one_line(said)


@pytest.mark.parametrize("key", ["abc…def", "SECRETabc\ndef"])
def test_a_key_that_no_header_holds_is_one_line(gate: Gate, mock: Target, key: str) -> None:
    """The variable is named, and nothing of the key shown."""
    code, said = gate(mock.base_url, NHQ_LIVE_KEY_FULL=key)
    assert (code, "NHQ_LIVE_KEY_FULL" in one_line(said)) == (2, True)
    assert "abc" not in said


def test_a_scope_that_nobody_knows_is_one_line(gate: Gate, mock: Target) -> None:
    """With the nearest one that there is."""
    row = '[[key]]\nlabel = "odd"\nenv = "ODD_KEY"\nworkspace = "alpha"\nscopes = ["lead:read"]\n'
    code, said = gate(mock.base_url, file_as="{}" + row, ODD_KEY="k")
    assert code == 2
    assert "'lead:read', which the contract doesn't know; the nearest is 'leads:read'" in one_line(said)


@pytest.mark.parametrize("label", ["FULL", "FULL_2", "ONLY_LEADS_WRITE", "NONE"])
def test_a_key_that_is_refused_is_one_line(gate: Gate, mock: Target, label: str) -> None:
    """The first or any other, whatever its scopes: the variable is named, and the server isn't accused."""
    code, said = gate(mock.base_url, **{f"NHQ_LIVE_KEY_{label}": "wrong"})
    assert code == 2
    assert f"(401 twice): {label.lower()} (NHQ_LIVE_KEY_{label})" in one_line(said)


def test_all_keys_refused_is_one_line(gate: Gate, mock: Target, file: tuple[str, dict[str, str]]) -> None:
    """There is nothing to go on with then."""
    wrong = {name: f"wrong-{number}" for number, name in enumerate(file[1])}
    code, said = gate(mock.base_url, "--skip-bad-keys", *FEW, **wrong)
    assert code == 2
    assert "every key is refused (401 twice)" in one_line(said)


def test_a_run_may_go_on_without_refused_keys(gate: Gate, mock: Target) -> None:
    """The others judge what they can."""
    assert gate(mock.base_url, "--skip-bad-keys", *FEW, NHQ_LIVE_KEY_FULL="wrong")[0] == 0


@pytest.mark.parametrize(("more", "found"), [("/api/v2", "base_url"), ("/campaigns", "base_url")])
def test_a_path_that_is_not_there_is_one_line(gate: Gate, mock: Target, more: str, found: str) -> None:
    """Though the server's own error says so, as its API would."""
    code, said = gate(mock.base_url + more)
    assert code == 2
    assert f"every list is answered 404; mend {found}" in one_line(said)


@pytest.mark.parametrize(("mode", "how"), [("redirect", "to https"), ("slash", "a slash at its end")])
def test_a_redirect_is_one_line(gate: Gate, mock: Target, mode: str, how: str) -> None:
    """It is never followed, and it isn't the API's."""
    with Proxy(port_of(mock), alteration(mode)) as proxy:
        code, said = gate(proxy.url)
    assert code == 2
    assert "base_url redirects" in one_line(said)
    assert how in said


def test_proxies_of_the_environment_are_not_used(gate: Gate, mock: Target) -> None:
    """A key must not travel where nobody wrote it down; that is said once."""
    code, said = gate(mock.base_url, HTTP_PROXY="http://127.0.0.1:9", all_proxy="http://127.0.0.1:9")
    assert code == 0
    assert said.count("HTTP_PROXY, all_proxy in the environment: not used") == 1


# --- what stands before a server


@pytest.mark.parametrize("mode", ["session", "sessionfirst"])
def test_no_cookie_is_ever_sent_back(gate: Gate, mock: Target, mode: str) -> None:
    """A server that takes a session for a key isn't accused of letting everybody in."""
    with Proxy(port_of(mock), alteration(mode)) as proxy:
        code, said = gate(proxy.url, *KEYS)
    assert code == 0, said


@pytest.mark.parametrize("status", [401, 403])
def test_a_gateway_that_wants_a_header_is_given_it(gate: Gate, mock: Target, status: int) -> None:
    """Without it, one line says where to write it; with it, the server behind is judged."""
    more = '[headers]\nX-Api-Gateway-Key = "GATEWAY_KEY"\n'
    with Gateway(port_of(mock), ("x-api-gateway-key", "hidden-value"), status) as gateway:
        code, said = gate(gateway.url)
        assert code == 2
        assert f"answers {status} to every key, without the API's headers" in one_line(said)
        assert "[headers]" in said
        code, said = gate(gateway.url, more="", file_as="{}" + more, GATEWAY_KEY="hidden-value")
    assert code == 0, said


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a private CA and what it has signed."""
    return certificates(tmp_path_factory.mktemp("ca"))


def test_a_private_ca_is_named_in_the_file(gate: Gate, mock: Target, ca: Path) -> None:
    """Or by the variables that other tools know; without any of them the line names ca_file."""
    with Tls(port_of(mock), ca / "server.pem") as server:
        code, said = gate(server.url)
        assert (code, "name the certificate of a private CA in ca_file" in one_line(said)) == (2, True)
        assert gate(server.url, more=f'ca_file = "{ca}/ca.pem"')[0] == 0
        named = dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"), f"{ca}/ca.pem")
        assert gate(server.url, **named)[0] == 0


def test_a_client_certificate_is_named_in_the_file(gate: Gate, mock: Target, ca: Path) -> None:
    """Where the server wants one, the line names client_cert."""
    mine = f'ca_file = "{ca}/ca.pem"'
    with Tls(port_of(mock), ca / "server.pem", ca / "ca.pem") as server:
        code, said = gate(server.url, more=mine)
        assert code == 2
        assert "client_cert" in one_line(said)
        more = f'{mine}\nclient_cert = "{ca}/client.pem"\nclient_key = "{ca}/client.key"'
        assert gate(server.url, more=more)[0] == 0
