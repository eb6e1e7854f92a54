import pytest

from meetone.accounts.registry import InvalidEmail, normalise_email


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("weber@praxis.example", "weber@praxis.example"),
        ("  Weber@Praxis.Example\n", "weber@praxis.example"),
        ("weber@praxis.local", "weber@praxis.local"),
        ("weber@müller.example", "weber@xn--mller-kva.example"),
        ("weber@localhost", "weber@localhost"),
        ("o'neil+praxis@sub.praxis.example", "o'neil+praxis@sub.praxis.example"),
    ],
)
def test_email_is_stored_in_one_form(text: str, email: str) -> None:
    assert normalise_email(text) == email


@pytest.mark.parametrize(
    "text",
    [
        "",
        "weber",
        "@praxis.example",
        "a b@praxis.example",
        "a@b@praxis.example",
        "weber@-praxis.example",
        "weber@praxis..example",
        f"{'a' * 64}@{'b.' * 120}de",
    ],
)
def test_email_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidEmail):
        normalise_email(text)
