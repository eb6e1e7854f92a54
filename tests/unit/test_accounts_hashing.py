import json
import subprocess
import sys
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from meetone.accounts.hashing import PasswordContext

ROOT = Path(__file__).resolve().parents[2]
TICK_SECONDS = 0.001

PROGRAM = f"""
from gevent import monkey
monkey.patch_all()
import gevent, json, time
from meetone.accounts.hashing import PasswordContext

context = PasswordContext()
known = context.hash("ein Regenschirm")
pauses = []

def tick():
    last = time.monotonic()
    while True:
        gevent.sleep({TICK_SECONDS})
        now = time.monotonic()
        pauses.append(now - last)
        last = now

ticker = gevent.spawn(tick)
gevent.sleep(0)
start = time.monotonic()
answers = [gevent.spawn(context.verify, word, known) for word in ("ein Regenschirm", "kein Regenschirm")]
gevent.joinall(answers)
ticker.kill()
print(json.dumps([[answer.value for answer in answers], time.monotonic() - start, max(pauses), len(pauses)]))
"""


def test_verification_on_gevent_does_not_hold_up_other_greenlets() -> None:
    output = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    answers, seconds, longest_pause, ticks = json.loads(output)
    assert answers == [True, False]
    # On the hub's own thread each of the two would hold everything up for half of the time.
    assert longest_pause < seconds / 2
    assert ticks > 10


@pytest.fixture(scope="module")
def context() -> PasswordContext:
    return PasswordContext()


def test_hash_is_argon2id_with_a_new_salt_each_time(context: PasswordContext) -> None:
    first, second = context.hash("ein Regenschirm"), context.hash("ein Regenschirm")

    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert first != second
    assert (context.verify("ein Regenschirm", first), context.verify("x", first)) == (True, False)
    assert (context.identify(first), context.needs_update(first)) == ("argon2", False)


def test_hash_with_weaker_parameters_still_verifies_and_asks_for_an_update(
    context: PasswordContext,
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("ein Regenschirm")

    assert context.verify("ein Regenschirm", weak)
    assert context.needs_update(weak)


@pytest.mark.parametrize("damaged", ["", "plain text", "$argon2id$v=19$m=65536"])
def test_hash_that_is_damaged_fits_no_password(context: PasswordContext, damaged: str) -> None:
    assert not context.verify("ein Regenschirm", damaged)
