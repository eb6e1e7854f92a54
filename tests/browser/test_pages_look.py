"""The public pages on real screens: nothing beside the screen, everything readable, large enough and reachable."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.conftest import NewPerson
from tests.support.browser import DESKTOP, PHONE, Browsers, Permission, Screen
from tests.support.server import MeetoneProcess

PAGES = ("", "faq", "imprint", "privacy", "terms", "accessibility", "offline", "nothing")
LANGUAGES = ("de", "en")
NARROW = Screen(320, 640, touch=True)
TARGET_PIXELS = 44
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN_ALL = "() => document.querySelectorAll('details').forEach((answer) => { answer.open = true; })"
DOUBLE_TEXT = "() => { document.documentElement.style.fontSize = '200%'; }"
SMALL_TARGETS = """(least) => [...document.querySelectorAll(`button, input:not([type=hidden]), summary, .btn,
  header a, footer a, .front__help a`)]
  .filter((element) => element.checkVisibility() && !element.matches(".skip-link"))
  .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < least || height < least - 0.5)
  .map(([html, { width, height }]) => `${width}x${height} ${html}`)"""
LOW_CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const flat = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb) => rgb
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const grounds = (element) => element
    ? [...grounds(element.parentElement), getComputedStyle(element).backgroundColor]
    : ["white"];
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility() || element.closest(".visually-hidden")) continue;
    const below = grounds(element);
    const [back, fore] = [flat(below), flat([...below, getComputedStyle(element).color])].map(luminance);
    const ratio = (Math.max(back, fore) + 0.05) / (Math.min(back, fore) + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${texts.currentNode.data.trim().slice(0, 40)}`);
  }
  return found;
}"""


@pytest.mark.parametrize("screen", [NARROW, PHONE, DESKTOP], ids=["320", "390", "1440"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_fit_the_screen(
    server: MeetoneProcess, new_person: NewPerson, language: str, screen: Screen
) -> None:
    person = new_person(server.origin, screen=screen)
    person.watch.allow("404")
    beside = {}

    for page in PAGES:
        person.page.goto(server.url(f"/{language}/{page}"))
        person.page.evaluate(OPEN_ALL)
        beside[page] = person.page.evaluate(OVERFLOW)

    assert beside == dict.fromkeys(PAGES, 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_with_doubled_text_still_fit(
    server: MeetoneProcess, new_person: NewPerson, language: str
) -> None:
    person = new_person(server.origin, screen=Screen(640, 800))
    person.watch.allow("404")
    beside = {}

    for page in PAGES:
        person.page.goto(server.url(f"/{language}/{page}"))
        person.page.evaluate(OPEN_ALL)
        person.page.evaluate(DOUBLE_TEXT)
        beside[page] = person.page.evaluate(OVERFLOW)

    assert beside == dict.fromkeys(PAGES, 0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_contrast_is_strong_enough(
    server: MeetoneProcess, new_person: NewPerson, dark: bool
) -> None:
    person = new_person(server.origin, screen=replace(DESKTOP, dark=dark))
    person.watch.allow("404")
    weak = {}

    for page in PAGES:
        person.page.goto(server.url(f"/de/{page}"))
        person.page.evaluate(OPEN_ALL)
        weak[page] = person.page.evaluate(LOW_CONTRAST)

    assert weak == {page: [] for page in PAGES}


def test_pages_contrast_check_finds_weak_text(
    server: MeetoneProcess, new_person: NewPerson
) -> None:
    person = new_person(server.origin)
    person.page.goto(server.url("/de/"))

    person.page.evaluate("() => { document.querySelector('h1').style.color = '#999'; }")

    assert [text.split(" ", 1)[1] for text in person.page.evaluate(LOW_CONTRAST)] == [
        "Ihre Sprechstunde, per Video."
    ]


def test_pages_targets_are_large_enough(server: MeetoneProcess, new_person: NewPerson) -> None:
    person = new_person(server.origin, screen=PHONE)
    person.watch.allow("404")
    small = {}

    for page in PAGES:
        person.page.goto(server.url(f"/de/{page}"))
        small[page] = person.page.evaluate(SMALL_TARGETS, TARGET_PIXELS)

    assert small == {page: [] for page in PAGES}


def test_pages_first_key_reaches_the_skip_link(
    server: MeetoneProcess, new_person: NewPerson
) -> None:
    page = new_person(server.origin).page
    page.goto(server.url("/de/"))

    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_landing_code_is_grouped_while_it_is_typed(
    server: MeetoneProcess, new_person: NewPerson
) -> None:
    page = new_person(server.origin, screen=PHONE).page
    page.goto(server.url("/de/"))
    field = page.get_by_label("Ihr Zugangscode")

    field.press_sequentially("abcd efghj")

    expect(field).to_have_value("ABC-DEF-GHJ")
    field.fill("https://video.praxis.example/join/abc")
    expect(field).to_have_value("https://video.praxis.example/join/abc")


def test_landing_wrong_code_is_answered_beside_the_field(
    server: MeetoneProcess, new_person: NewPerson
) -> None:
    person = new_person(server.origin, locale="de-DE")
    person.watch.allow("404")
    person.page.goto(server.url("/en/"))
    field = person.page.get_by_label("Your access code")

    field.fill("ABC-DEF-GHJ")
    person.page.get_by_role("button", name="To my appointment").click()

    expect(field).to_have_value("ABC-DEF-GHJ")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(person.page.locator("#code-error")).to_be_visible()
    expect(person.page.locator("html")).to_have_attribute("lang", "en")


def test_pages_work_without_javascript(server: MeetoneProcess, browsers: Browsers) -> None:
    context = browsers.get(Permission.GRANTED).new_context(
        java_script_enabled=False, locale="de-DE"
    )
    page = context.new_page()
    page.goto(server.url("/de/faq"))

    page.get_by_role("button", name="English").click()

    expect(page).to_have_url(server.url("/en/faq"))
    page.get_by_text("What do I need for a video consultation?").click()
    expect(page.get_by_text("We recommend Google Chrome")).to_be_visible()
    page.goto(server.url("/"))
    expect(page).to_have_url(server.url("/en/"))
    context.close()


def test_faq_anchor_opens_its_answer(server: MeetoneProcess, new_person: NewPerson) -> None:
    page = new_person(server.origin).page

    page.goto(server.url("/de/faq#firewall"))

    expect(page.locator("#firewall")).to_be_visible()
    expect(page.get_by_text("Welche Firewall-Einstellungen sind nötig?")).to_be_in_viewport()
    expect(page.locator("#what-do-i-need")).to_be_hidden()
