"""MeetOne as an installed application: installable, helpful offline, and never in the way of a room."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from tests.conftest import FreshServer, NewPerson
from tests.support.browser import Browsers, Person
from tests.support.server import MeetoneProcess

OFFLINE_TITLE = {
    "de": "Sie haben keine Internetverbindung.",
    "en": "You have no internet connection.",
}
OFFLINE_ERRORS = "ERR_INTERNET_DISCONNECTED"
WAIT_FOR_WORKER = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  if (active.state === "activated") return;
  await new Promise((done) => active.addEventListener("statechange", () => active.state === "activated" && done()));
}"""
KEPT_STORES = "async () => (await caches.keys()).sort()"


@pytest.fixture
def profile(browsers: Browsers, tmp_path: Path) -> Iterator[BrowserContext]:
    context = browsers.open_profile(tmp_path / "profile")
    yield context
    context.close()


def visit(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate(WAIT_FOR_WORKER)


def go_offline(person: Person) -> None:
    person.watch.allow(OFFLINE_ERRORS)
    person.context.set_offline(True)


@pytest.mark.parametrize("language", ["de", "en"])
def test_application_is_installable(
    server: MeetoneProcess, profile: BrowserContext, language: str
) -> None:
    page = profile.pages[0]
    visit(page, server.url(f"/{language}/"))
    session = profile.new_cdp_session(page)

    assert session.send("Page.getInstallabilityErrors") == {"installabilityErrors": []}
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    described = json.loads(manifest["data"])
    assert described["lang"] == language
    assert described["start_url"] == f"/{language}/?source=app"
    assert session.send("Page.getAppId")["appId"] == server.url("/")


def test_icons_have_the_size_that_the_manifest_says(
    server: MeetoneProcess, new_person: NewPerson
) -> None:
    page = new_person(server.origin).page
    page.goto(server.url("/de/"))

    sizes = page.evaluate(
        """async () => {
          const manifest = await (await fetch("/manifest.webmanifest?lang=de")).json();
          const pictures = manifest.icons.filter(({ type }) => type === "image/png");
          return Promise.all(pictures.map(async ({ src, sizes, purpose }) => {
            const picture = await createImageBitmap(await (await fetch(src)).blob());
            return [purpose, sizes, `${picture.width}x${picture.height}`];
          }));
        }"""
    )

    assert sizes == [
        ["any", "192x192", "192x192"],
        ["any", "512x512", "512x512"],
        ["maskable", "192x192", "192x192"],
        ["maskable", "512x512", "512x512"],
    ]


@pytest.mark.parametrize(
    ("visited", "started", "locale", "language"),
    [
        ("/de/", "/de/?source=app", "de-DE", "de"),
        ("/en/", "/en/?source=app", "en-GB", "en"),
        ("/de/", "/en/", "de-DE", "en"),
        ("/de/", "/", "en-GB", "en"),
        ("/en/", "/", "fr-FR", "de"),
    ],
)
def test_offline_start_shows_help_in_the_right_language(
    server: MeetoneProcess,
    new_person: NewPerson,
    visited: str,
    started: str,
    locale: str,
    language: str,
) -> None:
    person = new_person(server.origin, locale=locale)
    visit(person.page, server.url(visited))
    go_offline(person)

    person.page.goto(server.url(started))

    expect(person.page.locator("h1")).to_have_text(OFFLINE_TITLE[language])
    expect(person.page.locator("html")).to_have_attribute("lang", language)


def test_offline_page_names_the_telephone_of_the_practice(
    fresh_server: FreshServer, new_person: NewPerson
) -> None:
    practice = fresh_server(role="web", PRACTICE_PHONE="030 5550 1234")
    person = new_person(practice.origin)
    visit(person.page, practice.url("/de/"))
    go_offline(person)

    person.page.goto(practice.url("/de/"))

    expect(person.page.locator("main .phone-link")).to_have_attribute("href", "tel:03055501234")


def test_offline_page_keeps_its_looks(server: MeetoneProcess, new_person: NewPerson) -> None:
    person = new_person(server.origin)
    visit(person.page, server.url("/de/"))
    button = person.page.locator("button.btn--primary")
    online = button.evaluate("(element) => getComputedStyle(element).backgroundColor")
    go_offline(person)

    person.page.goto(server.url("/de/"))

    offline = person.page.locator("main a.btn--primary").evaluate(
        "(element) => getComputedStyle(element).backgroundColor"
    )
    assert online.startswith("oklch(")
    assert offline == online


def test_offline_information_page_once_read_stays_readable(
    server: MeetoneProcess, new_person: NewPerson
) -> None:
    person = new_person(server.origin)
    visit(person.page, server.url("/de/"))
    person.page.goto(server.url("/de/faq"))
    go_offline(person)

    person.page.goto(server.url("/de/faq#connection-problems"))
    expect(person.page.locator("h1")).to_have_text("Fragen und Antworten")

    person.page.goto(server.url("/de/terms"))
    expect(person.page.locator("h1")).to_have_text(OFFLINE_TITLE["de"])


@pytest.mark.parametrize("path", ["/join/abc", "/practice/", "/login", "/setup/abc", "/healthz"])
def test_worker_never_answers_for_rooms_and_accounts(
    server: MeetoneProcess, new_person: NewPerson, path: str
) -> None:
    person = new_person(server.origin)
    visit(person.page, server.url("/de/"))
    person.page.goto(server.url("/de/faq"))
    go_offline(person)
    person.page.goto(server.url("/de/faq"))

    with pytest.raises(Error, match=OFFLINE_ERRORS):
        person.page.goto(server.url(path))


def test_worker_keeps_no_page_with_an_invitation(
    server: MeetoneProcess, new_person: NewPerson
) -> None:
    person = new_person(server.origin)
    person.watch.allow("404")
    visit(person.page, server.url("/de/"))
    person.page.goto(server.url("/join/secret-of-an-invitation"))
    person.page.goto(server.url("/de/faq?from=/join/secret-of-an-invitation"))
    person.page.goto(server.url("/de/faq"))

    kept = person.page.evaluate(
        """async () => {
          const stores = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
          const requests = (await Promise.all(stores.map((store) => store.keys()))).flat();
          return requests.map(({ url }) => new URL(url)).map(({ pathname, search }) => pathname + search);
        }"""
    )

    pages = [path for path in kept if not path.startswith("/static/")]
    assert sorted(pages) == ["/de/faq", "/de/offline", "/en/offline"]


def test_worker_of_a_new_build_deletes_older_stores(
    server: MeetoneProcess, new_person: NewPerson
) -> None:
    page = new_person(server.origin).page
    visit(page, server.url("/de/"))
    [current] = page.evaluate(KEPT_STORES)
    page.evaluate(
        """async () => {
          await caches.open("meetone-older");
          await caches.open("somebody-else");
          await (await navigator.serviceWorker.ready).unregister();
        }"""
    )

    visit(page, server.url("/de/"))

    assert page.evaluate(KEPT_STORES) == [current, "somebody-else"]
