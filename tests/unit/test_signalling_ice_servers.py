from datetime import UTC, datetime

import msgspec

from meetone.config import Settings
from meetone.signalling.ice_servers import ice_servers, turn_credentials
from meetone.signalling.messages import IceServer

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_ice_servers_without_turn_are_our_stun_ports_only() -> None:
    settings = Settings(_env_file=None, stun_host="video.example.org", stun_ports=(10000, 10001))

    servers = ice_servers(settings, "seat-1", NOW)

    urls = ["stun:video.example.org:10000", "stun:video.example.org:10001"]
    assert servers == [IceServer(urls=urls)]


def test_ice_servers_with_turn_carry_credentials_for_half_a_day() -> None:
    settings = Settings(
        _env_file=None,
        stun_host="video.example.org",
        stun_ports=(10000,),
        turn_urls=("turn:relay.example.org:3478",),
        turn_secret="north",
    )

    servers = ice_servers(settings, "seat-1", NOW)

    assert servers[1:] == [
        IceServer(
            urls=["turn:relay.example.org:3478"],
            username="1795554000:seat-1",
            credential=turn_credentials("north", "seat-1", NOW)[1],
        )
    ]


def test_turn_credentials_are_the_hmac_sha1_that_turn_servers_compute() -> None:
    # echo -n 1795554000:seat-1 | openssl dgst -sha1 -hmac north -binary | base64
    expected = "LxBz1IuU6rJmWzQEoojNm2oBuVQ="

    assert turn_credentials("north", "seat-1", NOW) == ("1795554000:seat-1", expected)


def test_ice_server_without_credentials_has_no_such_members() -> None:
    # A null would be a user name of four letters to a browser.
    assert msgspec.json.encode(IceServer(urls=["stun:h:1"])) == b'{"urls":["stun:h:1"]}'
