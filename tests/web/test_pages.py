"""The public pages: both languages, nothing foreign, and a switch that never leads away."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from meetone import create_app
from meetone.config import Settings
from tests.support.html import validate
from tests.support.markup import Markup

PAGES = ("", "faq", "imprint", "privacy", "terms", "accessibility", "offline")
LANGUAGES = ("de", "en")
EVERY_PAGE = [(language, page) for language in LANGUAGES for page in PAGES]
MISSING = {
    "de": "Das hat die Praxis noch nicht ausgefüllt.",
    "en": "The practice has not filled this in yet.",
}


def client_with(instance: Path, **chosen: object) -> FlaskClient:
    settings = Settings.model_validate(
        {"instance": instance, "public_url": "http://localhost"} | chosen
    )
    return create_app(settings).test_client()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_with(
        tmp_path_factory.mktemp("practice"),
        practice_name="Praxis Dr. Weber",
        practice_phone="030 5550 1234",
        practice_address="Lindenallee 12, 10115 Berlin",
        practice_email="praxis@weber.example",
        practice_responsible="Dr. Weber",
        practice_profession="Ärztin (Deutschland)",
        practice_chamber="Ärztekammer Berlin",
        practice_data_protection="datenschutz@weber.example",
    )


@pytest.fixture(scope="module")
def bare_client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_with(tmp_path_factory.mktemp("bare"))


@pytest.mark.parametrize(("language", "page"), EVERY_PAGE)
def test_page_in_each_language_is_whole(client: FlaskClient, language: str, page: str) -> None:
    response = client.get(f"/{language}/{page}")

    markup = Markup.of(response.text)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in response.headers
    assert markup.all("html") == [{"lang": language}]
    assert len(markup.all("h1")) == 1
    assert len(markup.all("main")) == 1
    assert [(link["hreflang"], link["href"]) for link in markup.all("link", rel="alternate")] == [
        ("de", f"/de/{page}"),
        ("en", f"/en/{page}"),
        ("x-default", f"/de/{page}"),
    ]
    assert markup.all("link", rel="manifest") == [
        {"rel": "manifest", "href": f"/manifest.webmanifest?lang={language}"}
    ]


@pytest.mark.parametrize(("language", "page"), EVERY_PAGE)
def test_page_names_no_third_party(client: FlaskClient, language: str, page: str) -> None:
    response = client.get(f"/{language}/{page}")

    addresses = Markup.of(response.text).addresses()
    foreign = [
        address
        for address in addresses
        if address.startswith("//") or not address.startswith(("/", "#", "tel:", "mailto:"))
    ]
    assert addresses != []
    assert foreign == []
    assert "://" not in response.text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(("language", "page"), EVERY_PAGE)
def test_page_has_nothing_inline(client: FlaskClient, language: str, page: str) -> None:
    markup = Markup.of(client.get(f"/{language}/{page}").text)

    assert [found for found in markup.all("script") if "src" not in found] == []
    assert markup.all("style") == []
    assert [
        name
        for _, found in markup.elements
        for name in found
        if name == "style" or name.startswith("on")
    ] == []


def test_pages_are_valid_html(client: FlaskClient, tmp_path: Path) -> None:
    pages = {
        f"{language}-{page or 'landing'}": client.get(f"/{language}/{page}").text
        for language, page in EVERY_PAGE
    }
    pages["missing"] = client.get("/de/nothing").text

    assert validate(pages, tmp_path) == ""


@pytest.mark.parametrize(("language", "page"), EVERY_PAGE)
def test_page_speaks_its_own_language_only(client: FlaskClient, language: str, page: str) -> None:
    other = "en" if language == "de" else "de"

    here, there = (Markup.of(client.get(f"/{code}/{page}").text) for code in (language, other))

    assert here.text != there.text
    assert len(here.elements) == len(there.elements)


@pytest.mark.parametrize("path", ["/fr/", "/fr/faq", "/DE/faq", "/de/nothing"])
def test_page_unknown_is_a_translated_404(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept-Language": "en"})

    assert response.status_code == 404
    assert Markup.of(response.text).all("html") == [
        {"lang": "de" if path == "/de/nothing" else "en"}
    ]


@pytest.mark.parametrize("page", PAGES)
def test_page_wrong_method_is_405(client: FlaskClient, page: str) -> None:
    response = client.post(f"/de/{page}")

    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_landing_takes_the_code_to_the_practice(client: FlaskClient) -> None:
    markup = Markup.of(client.get("/en/").text)

    assert {"method": "post", "action": "/code?lang=en"}.items() <= markup.all(
        "form", **{"class": "door"}
    )[0].items()
    assert markup.all("input", name="code")[0]["id"] == "code"
    assert {"for": "code", "class": "field__label"} in markup.all("label")


def test_landing_after_a_wrong_code_ties_the_sentence_to_the_field(client: FlaskClient) -> None:
    response = client.post("/code?lang=en", data={"code": "   "})

    markup = Markup.of(response.text)
    field = markup.all("input", name="code")[0]
    assert response.status_code == 422
    assert response.headers["Cache-Control"] == "no-store"
    assert markup.all("html") == [{"lang": "en"}]
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "code-hint code-error"
    assert len(markup.all("p", id="code-error")) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_imprint_filled_in_says_all_and_misses_nothing(client: FlaskClient, language: str) -> None:
    text = Markup.of(client.get(f"/{language}/imprint").text).text

    assert [
        part
        for part in ("Dr. Weber", "Lindenallee 12", "10115 Berlin", "Ärztekammer Berlin")
        if part not in text
    ] == []
    assert MISSING[language] not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_imprint_not_filled_in_says_so_at_each_detail(
    bare_client: FlaskClient, language: str
) -> None:
    text = Markup.of(bare_client.get(f"/{language}/imprint").text).text

    assert text.count(MISSING[language]) == 7


@pytest.mark.parametrize("language", LANGUAGES)
def test_privacy_names_retention_and_relay_of_this_installation(
    tmp_path: Path, language: str
) -> None:
    relayed = client_with(
        tmp_path, retention_days=12, turn_urls="turn:relay.example:3478", turn_secret="s"
    )

    text = Markup.of(relayed.get(f"/{language}/privacy").text).text

    assert {"de": "nach 12 Tagen", "en": "after 12 days"}[language] in text
    assert {"de": "hat ein Relay (TURN-Server)", "en": "has a relay (TURN server)"}[
        language
    ] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_privacy_without_turn_says_that_no_relay_exists(client: FlaskClient, language: str) -> None:
    text = Markup.of(client.get(f"/{language}/privacy").text).text

    assert {"de": "hat kein Relay (keinen TURN-Server)", "en": "has no relay (no TURN server)"}[
        language
    ] in text


@pytest.mark.parametrize(
    ("cookie", "accepted", "expected"),
    [
        (None, None, "/de/"),
        (None, "en-GB,en;q=0.9", "/en/"),
        (None, "fr,en;q=0.8,de;q=0.5", "/en/"),
        (None, "fr,tr", "/de/"),
        ("de", "en", "/de/"),
        ("en", "de", "/en/"),
        ("xx", "en", "/en/"),
    ],
)
def test_root_negotiates_the_language(
    tmp_path: Path, cookie: str | None, accepted: str | None, expected: str
) -> None:
    visitor = client_with(tmp_path)
    if cookie:
        visitor.set_cookie("lang", cookie)

    response = visitor.get("/", headers={"Accept-Language": accepted} if accepted else {})

    assert response.status_code == 302
    assert response.headers["Location"] == expected
    assert {"Cookie", "Accept-Language"} <= set(response.headers["Vary"].split(", "))


def test_language_switch_leads_back_to_the_same_page_and_is_remembered(tmp_path: Path) -> None:
    visitor = client_with(tmp_path)

    response = visitor.post("/language", data={"language": "en", "next": "/de/faq"})

    assert response.status_code == 303
    assert response.headers["Location"] == "/en/faq"
    assert "HttpOnly" in response.headers["Set-Cookie"]
    assert "SameSite=Lax" in response.headers["Set-Cookie"]
    assert visitor.get("/", headers={"Accept-Language": "de"}).headers["Location"] == "/en/"


def test_language_switch_over_https_sets_a_secure_cookie(tmp_path: Path) -> None:
    visitor = client_with(tmp_path, public_url="https://video.praxis.example", trusted_proxies=0)

    response = visitor.post("/language", data={"language": "en", "next": "/de/"})

    assert "Secure" in response.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "evil", ""]
)
def test_language_switch_never_leads_to_another_site(tmp_path: Path, target: str) -> None:
    response = client_with(tmp_path).post("/language", data={"language": "en", "next": target})

    assert response.status_code == 303
    assert response.headers["Location"] == "/en/"


def test_language_switch_unknown_language_is_refused(tmp_path: Path) -> None:
    response = client_with(tmp_path).post("/language", data={"language": "fr", "next": "/de/"})

    assert response.status_code == 400
    assert "Set-Cookie" not in response.headers


def test_language_switch_from_another_origin_is_refused(tmp_path: Path) -> None:
    response = client_with(tmp_path).post(
        "/language",
        data={"language": "en", "next": "/de/"},
        headers={"Origin": "https://evil.example"},
    )

    assert response.status_code == 403
    assert "Set-Cookie" not in response.headers


def test_language_switch_cannot_be_opened(client: FlaskClient) -> None:
    assert client.get("/language").status_code == 405
