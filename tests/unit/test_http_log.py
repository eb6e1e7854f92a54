"""What of a path may stand in the log."""

import pytest

from meetone.roles.http import loggable_path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/de/", "/de/"),
        ("/join/WyJabc.def", "/join/…"),
        ("/join/WyJabc.def/more?x=1", "/join/…"),
        ("/setup/secret", "/setup/…"),
        ("//join/WyJabc.def", "//join/…"),
        ("/JOIN/WyJabc.def", "/JOIN/…"),
        ("http://video.example.org/join/WyJabc.def", "http://video.example.org/join/…"),
        ("/de/faq?name=Erika", "/de/faq"),
        ("/" + "a" * 500, "/" + "a" * 199),
    ],
)
def test_path_in_the_log_holds_no_query_and_no_secret(path: str, expected: str) -> None:
    assert loggable_path(path) == expected
