"""How to reach a target: trusted certificates, a client certificate, a proxy, headers for a gateway.

All of it stands in the target file. Of the environment only SSL_CERT_FILE and REQUESTS_CA_BUNDLE count: a proxy that
nobody wrote down would see every key.
"""

import re
import shlex
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from nhq.client.address import split_url
from nhq.errors import ConfigError

#: Fields of a target file that say how it is reached, each with its type.
FIELDS: Mapping[str, type] = {"ca_file": str, "client_cert": str, "client_key": str, "proxy": str, "headers": dict}
#: Variables by which other tools name trusted certificates, the one that counts first.
_BUNDLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2: token
_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?")  # section 5.5, without what is obsolete
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)\}?")
# What belongs to the message itself, to the keys, or is promised never to be sent.
_OURS = {"authorization", "connection", "content-encoding", "content-length", "content-type", "cookie", "expect",
         "host", "te", "trailer", "transfer-encoding", "upgrade", "x-control-token"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Connection:
    """Paths are absolute. `ca_file` may be a folder where the environment names it; "" is the usual bundle.

    `headers` go with every request and hold secrets; `variables` are the environment variables that they come from.
    """

    ca_file: str = ""
    client_cert: str = ""
    client_key: str = ""
    proxy: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: the headers' values, and the proxy's password, plain and as its URL has it."""
        written = urlsplit(self.proxy).password if self.proxy else None
        return (*self.headers.values(), *dict.fromkeys((written, unquote(written)) if written else ()))

    @property
    def verify(self) -> str | bool:
        """What requests wants for `verify`."""
        return self.ca_file or True

    @property
    def cert(self) -> str | tuple[str, str] | None:
        """What requests wants for `cert`."""
        if not self.client_cert:
            return None
        return (self.client_cert, self.client_key) if self.client_key else self.client_cert

    @property
    def proxies(self) -> dict[str, str]:
        """What requests wants for `proxies`."""
        return {"http": self.proxy, "https": self.proxy} if self.proxy else {}


def read_connection(path: Path, raw: Mapping[str, Any], environ: Mapping[str, str]) -> Connection:
    """The connection that a target file asks for; its paths are relative to the file.

    Raises ConfigError with one line that names the field or variable.
    """
    files = {name: str((path.parent / raw[name]).absolute()) for name in ("ca_file", "client_cert", "client_key")
             if raw.get(name)}  # fmt: skip
    said = {name: f"{path}: {name}" for name in files}
    if "ca_file" not in files:
        variable = next((name for name in _BUNDLES if environ.get(name)), "")
        named = environ.get(variable, "")
        files["ca_file"], said["ca_file"] = named and str(Path(named).absolute()), f"the environment's {variable}"
    if "client_key" in files and "client_cert" not in files:
        raise ConfigError(f"{path}: client_key needs a client_cert")
    headers = dict(_header(path, name, variable, environ) for name, variable in raw.get("headers", {}).items())
    made = Connection(
        **files, proxy=_proxy(path, raw.get("proxy", ""), environ), headers=headers, variables=raw.get("headers", {})
    )
    _check_files(made, said)
    return made


def curl_options(there: Connection, url: str) -> list[str]:
    """The options by which curl reaches a target in the same way; secrets stay variables, a password is asked for.

    Certificates are named only where the URL is https.
    """
    options = [f'-H "{name}: ${variable}"' for name, variable in there.variables.items()]
    files = {"--capath" if Path(there.ca_file).is_dir() else "--cacert": there.ca_file}
    files |= {"--cert": there.client_cert, "--key": there.client_key}
    options += [
        f"{name} {shlex.quote(file)}" for name, file in files.items() if file and urlsplit(url).scheme == "https"
    ]
    if there.proxy:
        parts = urlsplit(there.proxy)
        options.append(f"--proxy http://{parts.netloc.rpartition('@')[2]}")
        options += [f"--proxy-user {shlex.quote(unquote(parts.username))}"] if parts.username else []
    return options


def ignored_proxies(environ: Mapping[str, str]) -> str:
    """One line about proxy variables that are ignored; "" if there are none. Shows no value."""
    named = [name for name in environ if name.upper() in _PROXIES and environ[name]]
    if not named:
        return ""
    return f"{', '.join(sorted(named))} in the environment: not used; write proxy = … in the target file to use one"


def _header(path: Path, name: str, variable: Any, environ: Mapping[str, str]) -> tuple[str, str]:
    where = f"{path}: [headers] {name}"
    if not isinstance(variable, str):
        raise ConfigError(f"{where} must be the name of an environment variable, in quotes")
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{where} is not a header name")
    if name.lower() in _OURS:
        raise ConfigError(f"{where} can't be set: the suite sets it itself, or never sends it")
    return name, _value(where, variable, environ)


def _value(where: str, variable: str, environ: Mapping[str, str]) -> str:
    value = environ.get(variable, "").strip()
    if not value:
        raise ConfigError(f"{where}: the environment has no {variable}; set it to the value")
    if not _VALUE.fullmatch(value):
        raise ConfigError(f"{where}: {variable} has a line end or a character that a header can't hold")
    return value


def _proxy(path: Path, value: str, environ: Mapping[str, str]) -> str:
    """A proxy's URL; $NAME or ${NAME} in it stands for an environment variable."""
    if not value:
        return ""
    where = f"{path}: proxy"
    missing = [name for name in _VARIABLE.findall(value) if not environ.get(name)]
    if missing:
        raise ConfigError(f"{where}: the environment has no {missing[0]}")
    filled = _VARIABLE.sub(lambda found: quote(environ[found[1]].strip(), safe=""), value)
    parts = split_url(where, filled)
    if parts.scheme != "http" or not parts.port:
        raise ConfigError(f"{where} must be http://HOST:PORT; other kinds of proxies aren't supported")
    return filled.rstrip("/")


def _check_files(made: Connection, said: Mapping[str, str]) -> None:
    """Load what TLS will need, so that a file that is no use is told before anything is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if made.ca_file:
        with _Named(said["ca_file"], made.ca_file, "certificates"):
            folder = Path(made.ca_file).is_dir()
            context.load_verify_locations(**{"capath" if folder else "cafile": made.ca_file})
    if made.client_cert:
        key = "client_key" if made.client_key else "client_cert"
        for name in ("client_cert", key):
            with _Named(said[name], getattr(made, name), ""):
                Path(getattr(made, name)).read_bytes()
        with _Named(said[key], getattr(made, key), "a certificate and its key"):
            context.load_cert_chain(made.client_cert, made.client_key or None, password=lambda: "")


class _Named:
    """Turns what a file can't be used for into one line."""

    def __init__(self, where: str, file: str, wanted: str) -> None:
        self._where, self._file, self._wanted = where, file, wanted

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, _: object) -> None:
        if isinstance(problem, ssl.SSLError | ValueError):
            text = f"{self._where}: {self._file} does not hold {self._wanted} that fit, in PEM and without a password"
            raise ConfigError(text) from None
        if isinstance(problem, OSError):
            raise ConfigError(f"{self._where}: {self._file} cannot be read ({problem.strerror})") from None
