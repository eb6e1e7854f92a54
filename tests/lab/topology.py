"""The map of the lab: two sites, each one browser behind a router with NAT, and the public network between them.

    client 198.18.1.2 -- router (NAT) 203.0.113.2 --+
                                                    public network: server on 198.51.100.1
    client 198.18.2.2 -- router (NAT) 203.0.113.6 --+

The public network is the namespace of the tests themselves. All addresses are for documentation and
benchmarks (RFC 5737, RFC 2544); nothing leads out.
"""

import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self

from tests.support.network import Namespace, ip, run

CONE = "masquerade"
"""Keeps the client's port wherever it can: who learns it from STUN can be reached at it."""
SYMMETRIC = "masquerade random,fully-random"
"""Another port for every destination: what STUN tells is of no use to anybody else."""

# Without the filter an early packet of the peer makes a conntrack entry that can steal the mapped port.
RULES = """
table ip nat {
  chain postrouting {
    type nat hook postrouting priority srcnat
    oifname "wan" masquerade
  }
}
table ip filter {
  chain input {
    type filter hook input priority filter
    iifname "wan" ct state new drop
  }
  chain forward {
    type filter hook forward priority filter
    iifname "wan" ct state new drop
  }
}
table ip fault {
  chain prerouting {
    type filter hook prerouting priority raw
  }
}
"""
BURST_BYTES = 3000
"""The smallest bucket that lets two full packets through."""
QUEUE_MILLISECONDS = 300
"""What a home router keeps waiting before it drops."""


class Site:
    """A practice or a home: a client, and the router that it reaches the world through."""

    def __init__(self, number: int) -> None:
        """Cable everything.

        Args:
            number: 0 or 1, distinguishes the sites of a run; it gives the addresses.
        """
        self.cable = f"to{number}"
        self._network = f"198.18.{number + 1}"
        self._client_host = 2
        self._wan_nets = (f"203.0.113.{number * 4}", f"203.0.113.{128 + number * 4}")
        self._wan = 0
        with ExitStack() as stack:
            self.router = stack.enter_context(Namespace())
            self.client = stack.enter_context(Namespace())
            self._namespaces = stack.pop_all()
        self.router.run(["sysctl", "-qw", "net.ipv4.ip_forward=1"])
        self._cable_client()
        self._cable_wan()
        self.router.run(["nft", "-f", "-"], RULES)

    def __enter__(self) -> Self:
        """Return the site itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove the site."""
        self._namespaces.close()

    def use_nat(self, rule: str) -> None:
        """Translate addresses of new flows by `CONE` or `SYMMETRIC`."""
        self._nft(
            f'flush chain ip nat postrouting; add rule ip nat postrouting oifname "wan" {rule}'
        )

    def unplug_client(self) -> None:
        """Pull the client's own cable: its browser knows."""
        self.client.ip("link set eth0 down")

    def plug_client(self) -> None:
        """Put it back."""
        self.client.ip("link set eth0 up")
        self._route_client()

    def unplug_wan(self) -> None:
        """Cut the line outside: the client's own link stays up, its browser knows nothing."""
        self.router.ip("link set wan down")

    def plug_wan(self) -> None:
        """Mend it."""
        self.router.ip("link set wan up")
        self._route_wan()

    def move_client(self) -> None:
        """Give the client another address, as a change of networks does."""
        old, self._client_host = self._client_host, self._client_host + 1
        self.client.ip(f"address delete {self._network}.{old}/24 dev eth0")
        self.client.ip(f"address add {self._network}.{self._client_host}/24 dev eth0")
        self._route_client()

    def move_wan(self) -> None:
        """Give the router another public address; what it has translated so far ends."""
        self.router.ip("address flush dev wan")
        ip(f"address flush dev {self.cable}")
        self._wan = 1 - self._wan
        self._address_wan()

    @contextmanager
    def dropping(self, *rules: str) -> Iterator[None]:
        """Drop what matches any of these rules of nft, in both directions."""
        self._nft("".join(f"add rule ip fault prerouting {rule} drop;" for rule in rules))
        try:
            yield
        finally:
            self._nft("flush chain ip fault prerouting")

    def limit(self, kilobits: int) -> None:
        """Limit the line to so many kilobits a second, each way."""
        shape = f"root tbf rate {kilobits}kbit burst {BURST_BYTES} latency {QUEUE_MILLISECONDS}ms"
        self.router.run(shlex.split(f"tc qdisc replace dev wan {shape}"))
        run(shlex.split(f"tc qdisc replace dev {self.cable} {shape}"))

    def unlimit(self) -> None:
        """Let as much through as the machine can carry."""
        self.router.run(shlex.split("tc qdisc replace dev wan root pfifo"))
        run(shlex.split(f"tc qdisc replace dev {self.cable} root pfifo"))

    def _cable_client(self) -> None:
        self.router.ip(f"link add lan type veth peer name eth0 netns {self.client.pid}")
        self.router.ip(f"address add {self._network}.1/24 dev lan")
        self.router.ip("link set lan up")
        self.client.ip(f"address add {self._network}.{self._client_host}/24 dev eth0")
        self.plug_client()

    def _route_client(self) -> None:
        self.client.ip(f"route replace default via {self._network}.1")

    def _cable_wan(self) -> None:
        ip(f"link add {self.cable} type veth peer name wan netns {self.router.pid}")
        ip(f"link set {self.cable} up")
        self.router.ip("link set wan up")
        self._address_wan()

    def _address_wan(self) -> None:
        head, _, last = self._wan_nets[self._wan].rpartition(".")
        ip(f"address add {head}.{int(last) + 1}/30 dev {self.cable}")
        self.router.ip(f"address add {head}.{int(last) + 2}/30 dev wan")
        self._route_wan()

    def _route_wan(self) -> None:
        head, _, last = self._wan_nets[self._wan].rpartition(".")
        self.router.ip(f"route replace default via {head}.{int(last) + 1}")

    def _nft(self, commands: str) -> None:
        # The words of nft end with a line.
        self.router.run(["nft", "-f", "-"], commands.replace(";", "\n") + "\n")


def percent_of_packets(percent: int) -> str:
    """Match so many of a hundred packets, at random."""
    return f"numgen random mod 100 < {percent}"


def tcp_of(port: int) -> tuple[str, str]:
    """Match the TCP of a server's port, to it and from it: signalling, and nothing of the media."""
    return f"tcp dport {port}", f"tcp sport {port}"


UDP = "meta l4proto udp"
"""Matches every UDP packet."""
