"""Settings: read once from the environment and `.env`, validated, frozen.

Every setting is an environment variable `MEETONE_<NAME>`; the README lists them with unit and default.
"""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from meetone.errors import ConfigurationError

PREFIX = "MEETONE_"
ROOT = Path(__file__).resolve().parent.parent

PORTS_AT_MOST = 8
HIGHEST_PORT = 65535
STUN_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
TURN_URL = re.compile(
    r"turns?:(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?"
)
"""`turn:` URIs (RFC 7065 Section 3.1)."""

Port = Annotated[int, Field(ge=0, le=HIGHEST_PORT)]
PortRange = Annotated[str, Field(pattern=r"^\d{1,5}-\d{1,5}$")]
Line = Annotated[str, Field(max_length=200)]


class Settings(BaseSettings):
    """What an operator decides about one installation."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        frozen=True,
        extra="ignore",
    )

    host: str = "127.0.0.1"
    """Address on which the web role listens; 0.0.0.0 and :: mean every address."""
    port: Port = 8000
    """TCP port of the web role; 0 lets the system choose one."""
    public_url: str = ""
    """Address under which people reach the installation; empty: http://HOST:PORT."""
    instance: Path = Path("instance")
    """Folder of the embedded database and of the keys."""
    database_url: str = ""
    """SQLAlchemy address of the database; empty: SQLite in the instance folder."""

    stun_host: str = ""
    """Name that browsers are given for STUN; empty: host of the public URL."""
    stun_bind: Annotated[tuple[str, ...], NoDecode] = ()
    """Addresses on which STUN listens; empty: loopback while the STUN host is loopback, else all."""
    stun_ports: Annotated[tuple[Port, ...], NoDecode] = (10000, 10001)
    """Ports of STUN, UDP and TCP on each."""
    firewall_ports: PortRange = "10000-20000"
    """Range that the FAQ and the text for IT departments name, TCP and UDP."""
    turn_urls: Annotated[tuple[str, ...], NoDecode] = ()
    """Addresses of a TURN server; empty: no relay exists, and the pages say so."""
    turn_secret: str = ""
    """Shared secret of that TURN server's REST credentials."""
    relay_only: bool = False
    """Whether all connections go through that TURN server, so that neither side learns the other's address."""

    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = 0
    """Number of reverse proxies in front; default 1 behind https on a loopback host, else 0."""
    retention_days: Annotated[int, Field(ge=1, le=90)] = 30
    """Days after which appointments and their traces are deleted."""
    invitation_hours: Annotated[int, Field(ge=0, le=72)] = 4
    """Hours after the planned end for which an invitation still opens the waiting room."""
    grace_minutes: Annotated[int, Field(ge=1, le=60)] = 10
    """Minutes for which somebody who was called in stays so while their page cannot be reached."""

    practice_name: Line = ""
    """Name of the practice as patients know it."""
    practice_phone: Line = ""
    """Telephone number of the practice: plan B of every consultation."""
    practice_address: Annotated[str, Field(max_length=400)] = ""
    """Postal address; commas separate the lines."""
    practice_email: Line = ""
    """Public e-mail address of the practice."""
    practice_responsible: Line = ""
    """Person responsible for the content (imprint)."""
    practice_profession: Line = ""
    """Legal professional title and the country that awarded it (imprint)."""
    practice_chamber: Line = ""
    """Professional chamber and supervisory authority (imprint)."""
    practice_data_protection: Line = ""
    """Contact for questions of data protection (privacy page)."""

    @field_validator("stun_ports", "stun_bind", "turn_urls", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("stun_ports")
    @classmethod
    def _one_port_at_least(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not 1 <= len(value) <= PORTS_AT_MOST:
            raise ValueError("one to eight ports, separated by commas")
        return value

    @field_validator("stun_bind")
    @classmethod
    def _addresses_only(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            try:
                ip_address(address)
            except ValueError:
                raise ValueError("IP addresses, separated by commas") from None
        return value

    @field_validator("stun_host")
    @classmethod
    def _name_or_address(cls, value: str) -> str:
        if not STUN_HOST.fullmatch(value):
            raise ValueError("a host name or an IP address, without port")
        return value

    @field_validator("turn_urls")
    @classmethod
    def _turn_only(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        # A browser refuses the whole configuration, STUN included, for one address that it cannot read.
        if not all(TURN_URL.fullmatch(url) for url in value):
            raise ValueError("addresses such as turn:turn.example.org:3478, separated by commas")
        return value

    @field_validator("firewall_ports")
    @classmethod
    def _ordered_range(cls, value: str) -> str:
        low, high = (int(part) for part in value.split("-"))
        if not 1 <= low <= high <= HIGHEST_PORT:
            raise ValueError("a range LOW-HIGH within 1-65535")
        return value

    @field_validator("public_url")
    @classmethod
    def _origin_only(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("an address such as https://video.example.org")
        if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
            raise ValueError("scheme, host and port only, without a path")
        if not parts.hostname.isascii():
            raise ValueError("the name in ASCII, as browsers write it (xn--…)")
        # As browsers write it in `Origin` (RFC 6454 Section 6.2), because there it is compared as text.
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        default = {"http": 80, "https": 443}[parts.scheme]
        port = "" if parts.port in {None, default} else f":{parts.port}"
        return f"{parts.scheme}://{host}{port}"

    @model_validator(mode="before")
    @classmethod
    def _fill_from_others(cls, data: dict[str, object]) -> dict[str, object]:
        """Derive the defaults that depend on other settings (an empty value counts as unset)."""
        filled = {key: value for key, value in data.items() if value != ""}
        host = str(filled.get("host", "127.0.0.1"))
        shown = f"[{host}]" if ":" in host else host
        filled.setdefault("public_url", f"http://{shown}:{filled.get('port', 8000)}")
        public = urlsplit(str(filled["public_url"]))
        filled.setdefault("stun_host", public.hostname or host)
        filled.setdefault("trusted_proxies", int(public.scheme == "https" and is_loopback(host)))
        if "stun_bind" not in filled:
            loopback = is_loopback(str(filled["stun_host"]))
            filled["stun_bind"] = ("127.0.0.1", "::1") if loopback else ("0.0.0.0", "::")
        return filled

    @model_validator(mode="after")
    def _turn_needs_secret(self) -> Self:
        if self.turn_urls and not self.turn_secret:
            raise ValueError("MEETONE_TURN_SECRET is missing beside MEETONE_TURN_URLS")
        if self.relay_only and not self.turn_urls:
            raise ValueError("MEETONE_TURN_URLS is missing beside MEETONE_RELAY_ONLY")
        return self

    @property
    def secure(self) -> bool:
        """Whether people reach this installation over https."""
        return self.public_url.startswith("https://")

    @property
    def relay_configured(self) -> bool:
        """Whether a TURN server may carry the media."""
        return bool(self.turn_urls)

    @property
    def practice_title(self) -> str:
        """Name to show where the practice has not given its own."""
        return self.practice_name or "MeetOne"

    def database_address(self) -> str:
        """SQLAlchemy address of the database in use."""
        return self.database_url or f"sqlite:///{self.instance.resolve() / 'meetone.sqlite3'}"

    def stun_addresses(self) -> list[tuple[str, int]]:
        """Every (address, port) on which STUN listens."""
        return [(address, port) for address in self.stun_bind for port in self.stun_ports]

    def stun_urls(self) -> list[str]:
        """`stun:` URIs for browsers (RFC 7064), one for each port."""
        host = f"[{self.stun_host}]" if ":" in self.stun_host else self.stun_host
        return [f"stun:{host}:{port}" for port in self.stun_ports]


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address stays on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        ConfigurationError: one line for the first wrong value: the setting, the value, what is expected.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"][:1]).upper()
        expected = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:
            raise ConfigurationError(expected) from error
        raise ConfigurationError(f"{name}={first['input']!r}: {expected}") from error
