"""What the pages say about the practice, and what its firewall advice is made of."""

import re
from dataclasses import dataclass
from typing import Self

from meetone.config import Settings


@dataclass(frozen=True, slots=True)
class FirewallAdvice:
    """The ports that an IT department is asked to open."""

    host: str
    """Name of the STUN server."""
    low: int
    high: int
    """Lowest and highest port of the range, TCP and UDP."""
    others: tuple[int, ...]
    """STUN ports in use outside that range, ascending; usually none."""

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Read the advice from the settings, so that the pages name what is in use."""
        low, high = (int(port) for port in settings.firewall_ports.split("-"))
        others = sorted({port for port in settings.stun_ports if not low <= port <= high})
        return cls(settings.stun_host, low, high, tuple(others))


def phone_target(number: str) -> str:
    """Return a telephone number as a `tel:` URI wants it: digits and a leading plus (RFC 3966)."""
    digits = re.sub(r"\(0\)|[^\d+]", "", number)
    return digits[:1] + digits[1:].replace("+", "")


def phone_shown(number: str) -> str:
    """Return a telephone number as it is read: on one line, whatever stands around it."""
    return number.replace(" ", "\N{NO-BREAK SPACE}").replace("-", "\N{NON-BREAKING HYPHEN}")


def address_lines(address: str) -> list[str]:
    """Split a postal address at its commas; empty if there is none."""
    return [line.strip() for line in address.split(",") if line.strip()]
