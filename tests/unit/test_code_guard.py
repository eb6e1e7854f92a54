from datetime import UTC, datetime, timedelta

import pytest

from meetone.consultations.code_guard import (
    LATE_SECONDS,
    MANY_WRONG_CODES,
    MAX_NETWORKS,
    CodeGuard,
    MemoryWrongCodes,
    WrongAnswer,
)
from meetone.limits import client_network

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
AT_ONCE = WrongAnswer(late_seconds=0.0, alarm=False)
LATE = WrongAnswer(late_seconds=LATE_SECONDS, alarm=False)
LATE_WITH_ALARM = WrongAnswer(late_seconds=LATE_SECONDS, alarm=True)


@pytest.fixture
def guard() -> CodeGuard:
    return CodeGuard(MemoryWrongCodes())


def count(guard: CodeGuard, network: str, times: int, at: datetime = NOW) -> None:
    for _ in range(times):
        guard.count_wrong(network, at)


def flood(guard: CodeGuard, times: int, at: datetime = NOW) -> list[WrongAnswer]:
    """Let wrong codes come in, five from each of many addresses."""
    return [guard.count_wrong(f"flood {number // 5}", at) for number in range(times)]


def test_address_with_nine_wrong_codes_need_not_wait(guard: CodeGuard) -> None:
    count(guard, "192.0.2.7", 9)

    assert guard.wait_minutes("192.0.2.7", NOW) == 0


def test_address_with_ten_wrong_codes_waits_and_others_do_not(guard: CodeGuard) -> None:
    count(guard, "192.0.2.7", 10)

    assert guard.wait_minutes("192.0.2.7", NOW) == 15
    assert guard.wait_minutes("192.0.2.8", NOW) == 0


@pytest.mark.parametrize(
    ("later", "minutes"),
    [
        (timedelta(0), 15),
        (SECOND, 15),
        (MINUTE, 14),
        (14 * MINUTE, 1),
        (15 * MINUTE - SECOND, 1),
        (15 * MINUTE, 0),
        (20 * MINUTE, 0),
    ],
)
def test_wait_is_rounded_up_and_ends_after_fifteen_minutes(
    guard: CodeGuard, later: timedelta, minutes: int
) -> None:
    count(guard, "192.0.2.7", 10)

    assert guard.wait_minutes("192.0.2.7", NOW + later) == minutes


def test_wrong_codes_spread_over_more_than_fifteen_minutes_cause_no_wait(
    guard: CodeGuard,
) -> None:
    times = [NOW + number * 2 * MINUTE for number in range(30)]

    waits = []
    for time in times:
        guard.count_wrong("192.0.2.7", time)
        waits.append(guard.wait_minutes("192.0.2.7", time))

    assert waits == [0] * 30


def test_wait_counts_from_the_tenth_last_wrong_code(guard: CodeGuard) -> None:
    count(guard, "192.0.2.7", 5)
    count(guard, "192.0.2.7", 5, NOW + 10 * MINUTE)

    assert guard.wait_minutes("192.0.2.7", NOW + 10 * MINUTE) == 5
    assert guard.wait_minutes("192.0.2.7", NOW + 15 * MINUTE) == 0


def test_addresses_of_one_ipv6_household_wait_together(guard: CodeGuard) -> None:
    for host in range(10):
        guard.count_wrong(client_network(f"2001:db8:0:1::{host:x}"), NOW)

    assert guard.wait_minutes(client_network("2001:db8:0:1:ffff::1"), NOW) == 15
    assert guard.wait_minutes(client_network("2001:db8:0:2::1"), NOW) == 0


def test_answers_to_three_hundred_wrong_codes_come_at_once(guard: CodeGuard) -> None:
    assert set(flood(guard, MANY_WRONG_CODES)) == {AT_ONCE}


def test_answer_above_three_hundred_wrong_codes_is_late_and_alarms_once(
    guard: CodeGuard,
) -> None:
    flood(guard, MANY_WRONG_CODES)

    assert flood(guard, 3) == [LATE_WITH_ALARM, LATE, LATE]
    assert LATE_SECONDS == 2.0


def test_flood_of_other_addresses_lets_nobody_wait(guard: CodeGuard) -> None:
    flood(guard, 5 * MANY_WRONG_CODES)

    assert guard.wait_minutes("192.0.2.7", NOW) == 0


def test_answer_after_an_hour_comes_at_once_again(guard: CodeGuard) -> None:
    flood(guard, MANY_WRONG_CODES + 1)

    assert flood(guard, 1, NOW + timedelta(hours=1)) == [AT_ONCE]


def test_alarm_of_a_flood_that_goes_on_is_repeated_every_hour(guard: CodeGuard) -> None:
    minutes = [NOW + number * MINUTE for number in range(150)]

    alarms = [time for time in minutes if any(answer.alarm for answer in flood(guard, 10, time))]

    assert alarms == [NOW + number * MINUTE for number in (30, 90)]


def test_administrator_reads_of_an_alarm_for_a_day(guard: CodeGuard) -> None:
    before = guard.is_alarming(NOW)
    flood(guard, MANY_WRONG_CODES + 1)

    assert before is False
    assert guard.is_alarming(NOW) is True
    assert guard.is_alarming(NOW + timedelta(hours=24) - SECOND) is True
    assert guard.is_alarming(NOW + timedelta(hours=24)) is False


def test_memory_keeps_no_more_addresses_than_its_bound(guard: CodeGuard) -> None:
    memory = MemoryWrongCodes()
    guard = CodeGuard(memory)
    count(guard, "silent", 10)
    count(guard, "lively", 9)
    for number in range(MAX_NETWORKS - 2):
        guard.count_wrong(f"flood {number}", NOW)
    count(guard, "lively", 1)
    full = guard.wait_minutes("silent", NOW)

    guard.count_wrong("one more", NOW)

    assert full == 15
    assert len(memory._networks) == MAX_NETWORKS
    assert guard.wait_minutes("silent", NOW) == 0
    assert guard.wait_minutes("lively", NOW) == 15


def test_memory_keeps_no_more_times_than_the_rules_need() -> None:
    memory = MemoryWrongCodes()
    for number in range(1000):
        memory.add("192.0.2.7", NOW + number * SECOND)

    assert len(memory.of_network("192.0.2.7")) == 10
    assert len(memory.of_all()) == MANY_WRONG_CODES + 1
    assert memory.of_network("192.0.2.8") == ()
