"""How a target is reached stands in its file; what can't be used is one line that names the field."""

import shutil
import subprocess

import pytest

from nhq.client.connection import Connection, curl_options, ignored_proxies, read_connection
from nhq.client.target import Target
from nhq.errors import ConfigError
from nhq.model import Identity

ENVIRON = {"GATEWAY": "v4lue", "PROXY_PASSWORD": "p w"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A folder with a certificate, its key, and a file that is neither."""
    folder = tmp_path_factory.mktemp("tls")
    wanted = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-days", "2"]
    subprocess.run(
        [shutil.which("openssl") or "openssl", *wanted, "-keyout", folder / "a.key", "-out", folder / "a.pem"],
        check=True,
        capture_output=True,
    )
    (folder / "words.txt").write_text("no certificate", "utf-8")
    return folder


def test_every_field_arrives(files):
    """Paths count from the target file, values of headers come from the environment, a password may."""
    raw = {
        "ca_file": "a.pem",
        "client_cert": "a.pem",
        "client_key": "a.key",
        "proxy": "http://me:${PROXY_PASSWORD}@proxy.test:3128/",
        "headers": {"X-Api-Gateway-Key": "GATEWAY"},
    }
    made = read_connection(files / "target.toml", raw, ENVIRON)
    assert (made.verify, made.cert) == (str(files / "a.pem"), (str(files / "a.pem"), str(files / "a.key")))
    assert made.proxies == {"http": "http://me:p%20w@proxy.test:3128", "https": "http://me:p%20w@proxy.test:3128"}
    assert made.headers == {"X-Api-Gateway-Key": "v4lue"}
    assert made.secrets == ("v4lue", "p%20w", "p w")
    assert not any(secret in repr(made) for secret in made.secrets)


def test_every_secret_of_a_run_is_known():
    """Keys, the control token, values of headers, a proxy's password: one list for whoever must hide them."""
    key = Identity("a", "w", frozenset(), "k1")
    there = Connection(proxy="http://me:pw@proxy.test:1", headers={"X": "h1"})
    assert Target("http://x", (key,), control_token="c1", connection=there).secrets == ("k1", "c1", "h1", "pw")


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_that_the_environment_names_are_trusted(files, variable):
    """Both variables are honoured, and named where their file is no use; `ca_file` counts more."""
    path = files / "target.toml"
    assert read_connection(path, {}, {variable: str(files / "a.pem")}).verify == str(files / "a.pem")
    with pytest.raises(ConfigError, match=f"the environment's {variable}: .* cannot be read"):
        read_connection(path, {}, {variable: str(files / "none.pem")})
    assert read_connection(path, {"ca_file": "a.pem"}, {variable: "/nowhere"}).verify == str(files / "a.pem")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"ca_file": "none.pem"}, "ca_file: .*none.pem cannot be read"),
        ({"ca_file": "words.txt"}, "ca_file: .*words.txt does not hold certificates"),
        ({"client_cert": "none.pem"}, "client_cert: .*none.pem cannot be read"),
        ({"client_cert": "a.pem"}, "client_cert: .*a.pem does not hold a certificate and its key"),
        ({"client_cert": "a.pem", "client_key": "words.txt"}, "client_key: .* does not hold a certificate"),
        ({"client_key": "a.key"}, "client_key needs a client_cert"),
        ({"proxy": "socks5://h:1"}, "proxy must be an http or https URL"),
        ({"proxy": "https://h:1"}, "proxy must be http://HOST:PORT"),
        ({"proxy": "http://h"}, "proxy must be http://HOST:PORT"),
        ({"proxy": "http://u:$NOWHERE@h:1"}, "proxy: the environment has no NOWHERE"),
        ({"headers": {"X-Key": "NOWHERE"}}, r"\[headers\] X-Key: the environment has no NOWHERE"),
        ({"headers": {"X-Key": 3}}, r"\[headers\] X-Key must be the name of an environment variable"),
        ({"headers": {"X Key": "GATEWAY"}}, r"\[headers\] X Key is not a header name"),
        ({"headers": {"cookie": "GATEWAY"}}, r"\[headers\] cookie can't be set"),
        ({"headers": {"X-Key": "LINES"}}, r"\[headers\] X-Key: LINES has a line end"),
    ],
)
def test_what_can_not_be_used_is_one_line(files, raw, says):
    """The field and the variable are named, before anything is sent."""
    with pytest.raises(ConfigError, match=says) as caught:
        read_connection(files / "target.toml", raw, ENVIRON | {"LINES": "a\nb"})
    assert "\n" not in str(caught.value)


def test_proxies_of_the_environment_are_told_and_not_shown():
    """They aren't used, whichever case they are written in; their values may hold passwords."""
    said = ignored_proxies({"https_proxy": "http://me:pw@h:1", "ALL_PROXY": "socks5://h:1", "HTTP_PROXY": ""})
    assert said.startswith("ALL_PROXY, https_proxy in the environment: not used")
    assert "pw" not in said
    assert ignored_proxies({"NO_PROXY": "x"}) == ""


def test_curl_reaches_a_target_in_the_same_way():
    """Secrets are variables; a proxy's password is left for curl to ask."""
    there = Connection(
        "/a b/ca.pem", "/c.pem", "/c.key", "http://me:pw@proxy.test:3128", {"X-Key": "h1dden"}, {"X-Key": "GATEWAY"}
    )
    assert curl_options(there, "https://api.test") == [
        '-H "X-Key: $GATEWAY"',
        "--cacert '/a b/ca.pem'",
        "--cert /c.pem",
        "--key /c.key",
        "--proxy http://proxy.test:3128",
        "--proxy-user me",
    ]
    assert curl_options(Connection(), "https://api.test") == []


def test_curl_needs_no_certificates_without_tls():
    """A target by http is reached without the files, whatever the environment names."""
    assert curl_options(Connection("/ca.pem", "/c.pem", "/c.key"), "http://127.0.0.1:1") == []
