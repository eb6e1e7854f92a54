from meetone.stun.connection_limit import ConnectionLimit


def test_take_up_to_both_bounds_is_granted() -> None:
    limit = ConnectionLimit(total=3, per_client=2)

    assert [limit.take("a"), limit.take("a"), limit.take("b")] == [True, True, True]
    assert limit.open == 3


def test_take_beyond_the_bound_of_a_client_is_refused_to_that_client_only() -> None:
    limit = ConnectionLimit(total=3, per_client=1)

    assert [limit.take("a"), limit.take("a"), limit.take("b")] == [True, False, True]
    assert limit.open == 2


def test_take_beyond_the_total_is_refused_to_everyone() -> None:
    limit = ConnectionLimit(total=2, per_client=2)

    assert [limit.take("a"), limit.take("b"), limit.take("c")] == [True, True, False]
    assert limit.open == 2


def test_release_makes_room_again() -> None:
    limit = ConnectionLimit(total=2, per_client=1)
    assert limit.take("a")
    assert not limit.take("a")

    limit.release("a")

    assert limit.take("a")


def test_release_of_one_of_two_keeps_the_other_counted() -> None:
    limit = ConnectionLimit(total=9, per_client=2)
    assert limit.take("a")
    assert limit.take("a")

    limit.release("a")

    assert [limit.take("a"), limit.take("a")] == [True, False]


def test_client_without_connections_leaves_no_trace() -> None:
    limit = ConnectionLimit(total=2, per_client=1)
    assert limit.take("a")

    limit.release("a")

    assert limit.open == 0
    assert limit._open_per_client == {}
