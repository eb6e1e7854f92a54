"""Settings: defaults that follow from others, and wrong values told in one line."""

import re
from pathlib import Path

import pytest

from meetone.config import ROOT, Settings, is_loopback, load_settings
from meetone.errors import ConfigurationError


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_settings_without_environment_stay_on_this_machine() -> None:
    settings = load_settings()

    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.stun_addresses() == [
        ("127.0.0.1", 10000),
        ("127.0.0.1", 10001),
        ("::1", 10000),
        ("::1", 10001),
    ]
    assert settings.stun_urls() == ["stun:127.0.0.1:10000", "stun:127.0.0.1:10001"]
    assert (settings.trusted_proxies, settings.secure, settings.relay_configured) == (
        0,
        False,
        False,
    )


def test_settings_of_public_https_url_trust_the_proxy_and_open_stun() -> None:
    settings = Settings(public_url="https://video.example.org/")

    assert settings.public_url == "https://video.example.org"
    assert settings.stun_urls() == [
        "stun:video.example.org:10000",
        "stun:video.example.org:10001",
    ]
    assert settings.stun_bind == ("0.0.0.0", "::")
    assert (settings.trusted_proxies, settings.secure) == (1, True)


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://Video.Example.org:443", "https://video.example.org"),
        ("http://video.example.org:80/", "http://video.example.org"),
        ("https://video.example.org:8443", "https://video.example.org:8443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_public_url_reads_as_browsers_write_an_origin(written: str, origin: str) -> None:
    assert Settings(public_url=written).public_url == origin


def test_settings_of_https_on_every_address_trust_no_proxy() -> None:
    settings = Settings(public_url="https://video.example.org", host="0.0.0.0")

    assert settings.trusted_proxies == 0


def test_settings_of_ipv6_host_write_it_in_brackets() -> None:
    settings = Settings(host="::1")

    assert settings.public_url == "http://[::1]:8000"
    assert settings.stun_urls()[0] == "stun:[::1]:10000"


def test_settings_with_empty_value_take_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETONE_PUBLIC_URL", "")
    monkeypatch.setenv("MEETONE_TRUSTED_PROXIES", "")

    settings = load_settings()

    assert (settings.public_url, settings.trusted_proxies) == ("http://127.0.0.1:8000", 0)


def test_settings_read_lists_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETONE_STUN_PORTS", "3478, 3479")
    monkeypatch.setenv("MEETONE_TURN_URLS", "turn:a.example:3478,turns:[::1]:443?transport=tcp")
    monkeypatch.setenv("MEETONE_TURN_SECRET", "secret")

    settings = load_settings()

    assert settings.stun_ports == (3478, 3479)
    assert settings.turn_urls == ("turn:a.example:3478", "turns:[::1]:443?transport=tcp")
    assert settings.relay_configured


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "80000", "MEETONE_PORT='80000': Input should be less than or equal to 65535"),
        (
            "PUBLIC_URL",
            "video.example.org",
            "MEETONE_PUBLIC_URL='video.example.org': an address such as https://video.example.org",
        ),
        (
            "PUBLIC_URL",
            "https://video.example.org/praxis",
            "MEETONE_PUBLIC_URL='https://video.example.org/praxis': scheme, host and port only, without a path",
        ),
        (
            "PUBLIC_URL",
            "https://praxis-müller.example",
            "MEETONE_PUBLIC_URL='https://praxis-müller.example': the name in ASCII, as browsers write it (xn--…)",
        ),
        (
            "STUN_HOST",
            "stun.example.org:3478",
            "MEETONE_STUN_HOST='stun.example.org:3478': a host name or an IP address, without port",
        ),
        (
            "STUN_BIND",
            "127.0.0.1,eth0",
            "MEETONE_STUN_BIND='127.0.0.1,eth0': IP addresses, separated by commas",
        ),
        (
            "TURN_URLS",
            "turn.example.org:3478",
            "MEETONE_TURN_URLS='turn.example.org:3478': "
            "addresses such as turn:turn.example.org:3478, separated by commas",
        ),
        (
            "RETENTION_DAYS",
            "91",
            "MEETONE_RETENTION_DAYS='91': Input should be less than or equal to 90",
        ),
        (
            "STUN_PORTS",
            ",",
            "MEETONE_STUN_PORTS=',': one to eight ports, separated by commas",
        ),
        (
            "FIREWALL_PORTS",
            "20000-10000",
            "MEETONE_FIREWALL_PORTS='20000-10000': a range LOW-HIGH within 1-65535",
        ),
        (
            "TURN_URLS",
            "turn:a.example",
            "MEETONE_TURN_SECRET is missing beside MEETONE_TURN_URLS",
        ),
        (
            "RELAY_ONLY",
            "1",
            "MEETONE_TURN_URLS is missing beside MEETONE_RELAY_ONLY",
        ),
    ],
)
def test_settings_with_wrong_value_name_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(f"MEETONE_{name}", value)

    with pytest.raises(ConfigurationError) as caught:
        load_settings()

    assert str(caught.value) == expected


def test_readme_names_every_setting_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    named = re.findall(r"^\| `MEETONE_(\w+)` \|", readme, re.MULTILINE)

    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("praxis.localhost", True),
        ("video.example.org", False),
        ("192.0.2.1", False),
    ],
)
def test_host_is_loopback_only_on_this_machine(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
