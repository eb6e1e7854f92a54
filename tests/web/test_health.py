"""Whether the process lives and can do its work."""

from flask.testing import FlaskClient


def test_healthz_answers_without_session(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert "Set-Cookie" not in answer.headers


def test_readyz_answers_while_the_database_can_be_reached(client: FlaskClient) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.text) == (200, "ready\n")


def test_health_takes_no_other_method(client: FlaskClient) -> None:
    assert [client.post(path).status_code for path in ("/healthz", "/readyz")] == [405, 405]
