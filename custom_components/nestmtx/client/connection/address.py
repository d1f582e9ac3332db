"""The address of a NestMTX server."""

from dataclasses import dataclass
from ipaddress import IPv6Address
import re

from yarl import URL

from ..errors import InvalidAddress

_HOST = re.compile(r"[.-]*\w[\w.-]*|[0-9a-f:.]+(%[\w.-]+)?")

DEFAULT_PORT = 2000
"""NestMTX's port for HTTP; HTTPS is on 2001."""
MAX_ADDRESS_LENGTH = 2048
"""Characters that are parsed: as many as browsers accept in a URL."""
MAX_HOST_LENGTH = 253
"""Characters of a DNS name."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Hostname or IP address (IPv6 without brackets), port, and whether to use TLS."""

    host: str
    port: int = DEFAULT_PORT
    ssl: bool = False

    @property
    def url(self) -> str:
        """The base URL, without a trailing slash."""
        url = URL.build(scheme="https" if self.ssl else "http", host=self.host, port=self.port)
        return str(url).rstrip("/")


def parse_address(text: str, port: int = DEFAULT_PORT, *, ssl: bool = False) -> ServerAddress:
    """Parse the text entered as the host.

    A URL overrides port and TLS (`https://nest.local:2001/` or, behind a reverse proxy,
    `https://nest.example.org`); `nest.local:2001` overrides the port only; a hostname or IP
    address, IPv6 with or without brackets, leaves port and TLS as given. Raises InvalidAddress
    for anything else, including credentials in the URL.
    """
    text = _stripped(text)
    is_url = "://" in text
    if text.count(":") > 1 and not is_url and not text.startswith("["):
        text = f"[{text}]"
    try:
        if text.startswith("["):
            IPv6Address(text[1:].partition("]")[0].partition("%")[0])
        url = URL(text if is_url else f"http://{text}")
        if url.user or url.password or not url.host or " " in url.host:
            raise InvalidAddress("There is no host name or address in it")
        if is_url and url.scheme not in {"http", "https"}:
            raise InvalidAddress("It is the URL of something else than a page")
        if not is_url and (url.fragment or url.path_qs not in {"", "/"}):
            raise InvalidAddress("There is more in it than a host and a port")
        if url.port == 0:
            raise InvalidAddress("Nothing can listen on port 0")
        host = url.host.lower().rstrip(".")
        if is_url:
            address = ServerAddress(host, url.port or port, ssl=url.scheme == "https")
        else:
            address = ServerAddress(host, url.explicit_port or port, ssl=ssl)
        if len(host) > MAX_HOST_LENGTH or not _HOST.fullmatch(host) or not address.url:
            raise InvalidAddress("There is no host name or address in it")
        return address
    except ValueError as err:
        raise InvalidAddress("It cannot be understood") from err


def parse_host(text: str) -> str:
    """Return the hostname or IP address in a text that may contain nothing else.

    Raises InvalidAddress, also for a URL or a port, which would be ignored.
    """
    text = _stripped(text)
    if re.search(r"[/\s]", text):
        raise InvalidAddress("There is more in it than a host")
    if ":" in text:
        try:
            IPv6Address(text.removeprefix("[").removesuffix("]"))
        except ValueError as err:
            raise InvalidAddress("There is more in it than a host") from err
    return parse_address(text).host


def _stripped(text: str) -> str:
    """Return the text without surrounding whitespace. Raises InvalidAddress if it is too long."""
    if len(text) > MAX_ADDRESS_LENGTH:
        raise InvalidAddress("It is too long")
    return text.strip()
