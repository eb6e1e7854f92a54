"""Who counts as one client where something is limited per address."""

from ipaddress import IPv4Address, IPv6Network, ip_address

IPV6_PREFIX_BITS = 64
UNKNOWN_NETWORK = "unknown"


def client_network(address: str | None) -> str:
    """Return the network that counts as one client.

    Args:
        address: textual IPv4 or IPv6 address of a client, a zone id is ignored; may be missing or malformed.

    Returns:
        The IPv4 address itself, or the IPv6 /64 in compressed form, because a household holds a whole /64
        (RFC 6177 Section 2). Clients without a readable address share one bucket.
    """
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        return UNKNOWN_NETWORK
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, IPV6_PREFIX_BITS), strict=False))
