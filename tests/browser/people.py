"""What patients and practitioners do, in the words of the product."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Locator, Page, expect

from tests.conftest import NewPerson
from tests.support.browser import DESKTOP, Permission, Person, Screen
from tests.support.server import AddedConsultation, MeetoneProcess

PRACTITIONER = "weber@example.org"
PRACTITIONER_NAME = "Dr. Weber"
PASSWORD = "ein langer Satz zum Anmelden"
FRAMES = """async (video) => {
  const seen = new Set();
  for (let frame = 0; frame < 5; frame += 1) {
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    seen.add(video.currentTime);
  }
  const canvas = new OffscreenCanvas(16, 16);
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 16, 16);
  const { data } = context.getImageData(0, 0, 16, 16);
  let brightest = 0;
  for (let at = 0; at < data.length; at += 4) brightest = Math.max(brightest, data[at], data[at + 1], data[at + 2]);
  return { frames: seen.size, brightest };
}"""
"""Five frames painted one after the other, and the brightest colour in the last: black would be no picture."""


def part(page: Page | Locator, name: str) -> Locator:
    """Find a part by its `data-part`."""
    return page.locator(f'[data-part="{name}"]')


def soon(minutes: float = 5) -> str:
    """Tell a start that lies so many minutes ahead, as the command line wants it."""
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat(timespec="seconds")


def employ(server: MeetoneProcess, email: str = PRACTITIONER, name: str = PRACTITIONER_NAME) -> str:
    """Give a practitioner an account; return the e-mail address."""
    server.add_user(email, name, PASSWORD)
    return email


def invite(server: MeetoneProcess, email: str = PRACTITIONER, **options: str) -> AddedConsultation:
    """Make a consultation that starts in five minutes."""
    starts_at = options.pop("starts_at", soon())
    return server.add_consultation(email, starts_at, **options)  # type: ignore[arg-type]  # str options only


def sign_in(page: Page, email: str = PRACTITIONER) -> None:
    """Sign in on the sign-in page."""
    page.goto("/login")
    page.locator('input[name="email"]').fill(email)
    page.locator('input[name="password"]').fill(PASSWORD)
    page.locator('main form button[type="submit"]').first.click()
    expect(page).to_have_url(re.compile(r"/practice/$"))


class Practitioner:
    """A practitioner in the consulting room."""

    def __init__(self, person: Person) -> None:
        """Take the person's page."""
        self.person = person
        self.page = person.page
        self.element = person.page.locator("meet-consulting-room")

    @classmethod
    def arrive(
        cls,
        new_person: NewPerson,
        server: MeetoneProcess,
        *,
        locale: str = "de-DE",
        screen: Screen = DESKTOP,
        email: str = PRACTITIONER,
    ) -> "Practitioner":
        """Sign in and open the consulting room."""
        person = new_person(server.origin, locale=locale, screen=screen)
        sign_in(person.page, email)
        room = cls(person)
        room.enter_room()
        return room

    def enter_room(self) -> None:
        """Open the consulting room."""
        self.page.goto("/practice/room")
        expect(self.element).to_have_attribute("state", "idle")

    def waiting(self, name: str) -> Locator:
        """Find who waits by the real name."""
        return part(self.page, "waiting-patient").filter(has=self.page.get_by_text(name, exact=True))

    def admit(self, name: str) -> None:
        """Call somebody in."""
        part(self.waiting(name), "admit").click()


class Patient:
    """A patient with an invitation."""

    def __init__(self, person: Person) -> None:
        """Take the person's page."""
        self.person = person
        self.page = person.page
        self.element = person.page.locator("meet-visit")

    @classmethod
    def arrive(
        cls,
        new_person: NewPerson,
        server: MeetoneProcess,
        link: str,
        *,
        locale: str = "de-DE",
        screen: Screen = DESKTOP,
        permission: Permission = Permission.ASKED,
    ) -> "Patient":
        """Open the link."""
        patient = cls(
            new_person(server.origin, locale=locale, screen=screen, permission=permission)
        )
        patient.page.goto(link)
        expect(patient.element).to_have_attribute("state", "start")
        return patient

    def enter(self, name: str) -> None:
        """Allow camera and microphone, say the name, agree, enter."""
        part(self.page, "allow").click()
        expect(self.element).to_have_attribute("state", "preview")
        self.introduce(name)

    def introduce(self, name: str) -> None:
        """Say the name, agree, enter."""
        part(self.page, "name").fill(name)
        part(self.page, "consent").check()
        part(self.page, "enter").click()
        expect(self.element).to_have_attribute("state", "waiting")


def expect_picture(person: Person) -> None:
    """Expect that the other side's picture moves, is not black, and grows to 320×240 at least."""
    video = part(person.page, "remote-video")
    expect(video).to_be_visible()
    seen = video.evaluate(FRAMES)
    assert seen["frames"] == 5
    assert seen["brightest"] > 60
    person.wait_for(
        lambda: video.evaluate("(video) => video.videoWidth * video.videoHeight") >= 320 * 240,
        "a picture of 320×240",
        seconds=15,
    )
