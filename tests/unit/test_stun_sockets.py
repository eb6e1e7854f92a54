import errno

import pytest

from meetone.errors import StartError
from meetone.stun.sockets import missing_ipv6, open_sockets


@pytest.mark.parametrize("address", ["::", "::1"])
@pytest.mark.parametrize("reason", [errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL])
def test_default_address_without_ipv6_may_be_missing(address: str, reason: int) -> None:
    assert missing_ipv6(address, reason)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("::1", errno.EADDRINUSE),
        ("::", errno.EACCES),
        ("2001:db8::1", errno.EADDRNOTAVAIL),
        ("127.0.0.1", errno.EADDRNOTAVAIL),
    ],
)
def test_other_address_or_reason_may_not(address: str, reason: int) -> None:
    assert not missing_ipv6(address, reason)


def test_no_address_at_all_raises() -> None:
    with pytest.raises(StartError, match=r"^STUN has no address to listen on$"):
        open_sockets([])
