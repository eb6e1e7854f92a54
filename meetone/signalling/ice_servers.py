"""What browsers are given to find a way to each other: our STUN servers and, if there is one, the operator's TURN."""

import base64
import hmac
from datetime import datetime, timedelta
from hashlib import sha1

from meetone.config import Settings
from meetone.signalling.messages import IceServer

CREDENTIAL_LIFETIME = timedelta(hours=12)
"""A practitioner's page stays open for a working day; whoever reconnects is given a new one."""


def ice_servers(settings: Settings, user: str, now: datetime) -> list[IceServer]:
    """List the servers for an RTCConfiguration.

    Args:
        settings: name what this installation runs.
        user: whom TURN credentials are for, in the TURN server's log; an opaque id, never a name.
        now: when they are issued.
    """
    servers = [IceServer(urls=settings.stun_urls())]
    if settings.turn_urls:
        username, credential = turn_credentials(settings.turn_secret, user, now)
        urls = list(settings.turn_urls)
        servers.append(IceServer(urls=urls, username=username, credential=credential))
    return servers


def turn_credentials(secret: str, user: str, now: datetime) -> tuple[str, str]:
    """Make a user name and a password that a TURN server accepts for CREDENTIAL_LIFETIME.

    The server knows them without being asked (draft-uberti-behave-turn-rest-00 Section 2.2): the user name begins with
    the Unix time of expiry, and the password is its HMAC-SHA-1 in base64.
    """
    expiry = int((now + CREDENTIAL_LIFETIME).timestamp())
    username = f"{expiry}:{user}"
    # SHA-1 is what TURN servers implement; in an HMAC it is not broken.
    digest = hmac.digest(secret.encode(), username.encode(), sha1)
    return username, base64.b64encode(digest).decode()
