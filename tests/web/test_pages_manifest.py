"""What makes MeetOne installable: one application in two languages, and a worker for each build."""

from pathlib import Path

import pytest
from flask import Flask

from meetone import create_app
from meetone.config import ROOT, Settings


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    instance: Path = tmp_path_factory.mktemp("manifest")
    return create_app(Settings(instance=instance, practice_name="Praxis Dr. Weber"))


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("de", "Videosprechstunde · Praxis Dr. Weber"),
        ("en", "Video consultation · Praxis Dr. Weber"),
    ],
)
def test_manifest_in_each_language_describes_the_same_application(
    app: Flask, language: str, name: str
) -> None:
    visitor = app.test_client()
    visitor.set_cookie("lang", "en" if language == "de" else "de")

    response = visitor.get(f"/manifest.webmanifest?lang={language}")

    described = response.get_json()
    assert response.mimetype == "application/manifest+json"
    assert response.headers["Cache-Control"] == "no-cache"
    assert {
        key: described[key] for key in ("id", "lang", "name", "start_url", "scope", "display")
    } == {
        "id": "/",
        "lang": language,
        "name": name,
        "start_url": f"/{language}/?source=app",
        "scope": "/",
        "display": "standalone",
    }


def test_manifest_names_icons_that_exist(app: Flask) -> None:
    visitor = app.test_client()

    icons = visitor.get("/manifest.webmanifest?lang=de").get_json()["icons"]

    assert [(icon["sizes"], icon["purpose"]) for icon in icons] == [
        ("192x192", "any"),
        ("512x512", "any"),
        ("192x192", "maskable"),
        ("512x512", "maskable"),
        ("any", "any"),
    ]
    for icon in icons:
        with visitor.get(icon["src"]) as picture:
            assert (picture.status_code, picture.mimetype) == (200, icon["type"])


@pytest.mark.parametrize("query", ["", "?lang=", "?lang=fr"])
def test_manifest_without_a_known_language_speaks_the_reader_s(app: Flask, query: str) -> None:
    response = app.test_client().get(
        f"/manifest.webmanifest{query}", headers={"Accept-Language": "en"}
    )

    assert response.get_json()["lang"] == "en"


def test_manifest_without_a_practice_is_named_after_meetone(tmp_path: Path) -> None:
    visitor = create_app(Settings(instance=tmp_path)).test_client()

    assert (
        visitor.get("/manifest.webmanifest?lang=de").get_json()["name"]
        == "MeetOne Videosprechstunde"
    )


def test_worker_carries_the_build_and_is_asked_for_each_time(app: Flask) -> None:
    response = app.test_client().get("/service-worker.js")

    assert response.status_code == 200
    assert response.mimetype == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Service-Worker-Allowed"] == "/"
    assert f'const BUILD = "{app.config["BUILD"]}";' in response.text
    assert '"@build@"' in (ROOT / "service-worker.js").read_text()


@pytest.mark.parametrize("path", ["/manifest.webmanifest", "/service-worker.js"])
def test_manifest_and_worker_wrong_method_is_405(app: Flask, path: str) -> None:
    assert app.test_client().post(path).status_code == 405
