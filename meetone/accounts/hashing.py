"""Argon2id, kept off gevent's one thread.

A verification takes a few hundredths of a second of processor time. On the hub's thread every
relayed message of every consultation would wait for it. argon2-cffi gives up the interpreter lock
while it computes, so a native thread really runs beside the hub.
"""

from collections.abc import Callable
from functools import cache
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from gevent import monkey
from gevent.threadpool import ThreadPool

P = ParamSpec("P")
T = TypeVar("T")

MEMORY_KIBIBYTES = 64 * 1024
ITERATIONS = 3
LANES = 1
"""RFC 9106 Section 4, second option, but in one lane: a small server needs its other core."""
CONCURRENT_HASHES = 2
"""Bounds the memory that a flood of sign-ins can take; further ones queue."""


class PasswordContext:
    """What Flask-Security asks of a password context, by argon2-cffi."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(
            time_cost=ITERATIONS,
            memory_cost=MEMORY_KIBIBYTES,
            parallelism=LANES,
            type=Type.ID,
        )

    def hash(self, password: str) -> str:
        """Hash with a new salt."""
        return off_hub(self._hasher.hash, password)

    def verify(self, password: str, password_hash: str) -> bool:
        """Tell whether a password is the one that was hashed; a damaged hash fits none."""
        try:
            return off_hub(self._hasher.verify, password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def needs_update(self, password_hash: str) -> bool:
        """Tell whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def identify(self, password_hash: str) -> str:
        """Name the scheme of a hash; there is only one."""
        return "argon2"


def off_hub(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run in a native thread while this greenlet waits; plainly in a process without gevent."""
    if not monkey.is_module_patched("threading"):
        return work(*args, **kwargs)
    return _threads().apply(work, args, kwargs)


@cache
def _threads() -> ThreadPool:
    return ThreadPool(CONCURRENT_HASHES)
