"""Texts that people copy, such as an invitation: `<meet-copy>` says whether it worked."""

from playwright.sync_api import Page, expect

from tests.conftest import NewPerson
from tests.support.server import MeetoneProcess

BUILD_ELEMENT = """async () => {
  const sheet = document.querySelector("link[rel=stylesheet]").getAttribute("href");
  const element = document.createElement("meet-copy");
  element.setAttribute("text", "ABC-DEF-GHJ");
  const part = (name, tag, text) => {
    const made = document.createElement(tag);
    made.dataset.part = name;
    (made.content ?? made).append(text);
    element.append(made);
    return made;
  };
  part("copy", "button", "Kopieren").hidden = true;
  part("status", "span", "");
  part("copied", "template", "Ist kopiert.");
  part("failed", "template", "Bitte selbst kopieren.");
  document.querySelector("main").prepend(element);
  await import(sheet.replace("css/main.css", "js/elements/meet-copy.js"));
}"""


def press_copy(page: Page, server: MeetoneProcess) -> None:
    page.goto(server.url("/de/imprint"))
    page.evaluate(BUILD_ELEMENT)
    page.get_by_role("button", name="Kopieren").click()


def test_copy_allowed_copies_and_says_so(server: MeetoneProcess, new_person: NewPerson) -> None:
    person = new_person(server.origin)
    person.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.origin)

    press_copy(person.page, server)

    expect(person.page.locator("meet-copy")).to_have_attribute("state", "copied")
    expect(person.page.locator("meet-copy [data-part=status]")).to_have_text("Ist kopiert.")
    assert person.page.evaluate("() => navigator.clipboard.readText()") == "ABC-DEF-GHJ"


def test_copy_refused_says_what_to_do(server: MeetoneProcess, new_person: NewPerson) -> None:
    page = new_person(server.origin).page
    page.add_init_script(
        "navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
    )

    press_copy(page, server)

    expect(page.locator("meet-copy")).to_have_attribute("state", "failed")
    expect(page.locator("meet-copy [data-part=status]")).to_have_text("Bitte selbst kopieren.")
