"""What the pages say about the practice and its firewall."""

import pytest

from meetone.config import Settings
from meetone.pages.practice import FirewallAdvice, address_lines, phone_shown, phone_target


def test_firewall_advice_ports_inside_range_need_no_others() -> None:
    settings = Settings(
        stun_host="stun.praxis.example", stun_ports=(10000, 10001), firewall_ports="10000-20000"
    )

    assert FirewallAdvice.from_settings(settings) == FirewallAdvice(
        "stun.praxis.example", 10000, 20000, ()
    )


def test_firewall_advice_ports_outside_range_are_named_once_in_order() -> None:
    settings = Settings(
        stun_host="stun.praxis.example",
        stun_ports=(3479, 10000, 3478, 3478),
        firewall_ports="9000-9999",
    )

    assert FirewallAdvice.from_settings(settings) == FirewallAdvice(
        "stun.praxis.example", 9000, 9999, (3478, 3479, 10000)
    )


@pytest.mark.parametrize(
    ("number", "target"),
    [
        ("030 5550 1234", "03055501234"),
        ("+49 (0)30 / 5550-1234", "+493055501234"),
        ("030+1", "0301"),
        ("", ""),
    ],
)
def test_phone_target_keeps_what_can_be_dialled(number: str, target: str) -> None:
    assert phone_target(number) == target


def test_phone_shown_stays_on_one_line() -> None:
    assert phone_shown("030 5550-1234") == "030\u00a05550\u20111234"


def test_address_lines_splits_at_commas() -> None:
    assert address_lines("Lindenallee 12, 10115 Berlin,") == ["Lindenallee 12", "10115 Berlin"]


def test_address_lines_without_address_is_empty() -> None:
    assert address_lines("") == []
