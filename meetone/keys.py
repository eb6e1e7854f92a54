"""The secret of an installation and the keys derived from it."""

import hmac
import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from meetone.errors import StartError

SECRET_BYTES = 32
SECRET_FILE = "secret.key"


@dataclass(frozen=True, slots=True)
class Keys:
    """One key for each purpose (32 bytes), so that none can be used for another."""

    session: bytes
    invitation: bytes
    code: bytes
    code_index: bytes

    @classmethod
    def derive(cls, secret: bytes) -> "Keys":
        """Derive every key from the installation's secret (HMAC-SHA-256 as in RFC 5869 Section 2.3)."""

        def key(purpose: str) -> bytes:
            return hmac.digest(secret, f"meetone {purpose}\x01".encode(), sha256)

        return cls(key("session"), key("invitation"), key("code"), key("code index"))


def load_keys(instance: Path) -> Keys:
    """Read the secret from the instance folder; make it on the first start.

    Raises:
        StartError: the folder cannot be written or the file is damaged.
    """
    path = instance / SECRET_FILE
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _create(path)
        secret = path.read_bytes()
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}") from error
    if len(secret) != SECRET_BYTES:
        raise StartError(f"{path}: {SECRET_BYTES} bytes expected, {len(secret)} found")
    return Keys.derive(secret)


def _create(path: Path) -> None:
    """Write a new secret; when two roles start at once, the first one to link its file wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
