"""What patients and practitioners do, in the words of the product."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from playwright.sync_api import Locator, Page, expect

from tests.browser.inside import Inside
from tests.conftest import NewPerson
from tests.support.browser import DESKTOP, Permission, Person, Screen
from tests.support.server import AddedConsultation, MeetoneProcess

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


class Practitioner:
    """A practitioner in the consulting room."""

    def __init__(self, person: Person) -> None:
        """Take the person's page, which is still empty."""
        self.person = person
        self.page = person.page
        self.inside = Inside(person)
        self.element = person.page.locator("meet-consulting-room")

    def sign_in(self, email: str) -> None:
        """Sign in on the sign-in page."""
        self.page.goto("/login")
        self.page.locator('input[name="email"]').fill(email)
        self.page.locator('input[name="password"]').fill(PASSWORD)
        self.page.locator('main form button[type="submit"]').first.click()
        expect(self.page).to_have_url(re.compile(r"/practice/$"))

    def enter_room(self) -> None:
        """Open the consulting room."""
        self.inside.forget_answers()
        self.page.goto("/practice/room")
        expect(self.element).to_have_attribute("state", "idle")

    def waiting(self, name: str) -> Locator:
        """Find who waits by the real name."""
        return part(self.page, "waiting-patient").filter(
            has=self.page.get_by_text(name, exact=True)
        )

    def seat(self, name: str) -> str:
        """Return the seat of somebody who waits."""
        return self.waiting(name).get_attribute("data-seat") or ""

    def admit(self, name: str) -> None:
        """Call somebody in."""
        part(self.waiting(name), "admit").click()
        expect(self.element).to_have_attribute("state", "connected")


class Patient:
    """A patient with an invitation."""

    def __init__(self, person: Person) -> None:
        """Take the person's page, which is still empty."""
        self.person = person
        self.page = person.page
        self.inside = Inside(person)
        self.element = person.page.locator("meet-visit")

    def open(self, link: str) -> None:
        """Open the link."""
        self.page.goto(link)
        expect(self.element).to_have_attribute("state", "start")

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


@dataclass(frozen=True, slots=True)
class Practice:
    """One practitioner of a running installation, and the people around."""

    server: MeetoneProcess
    email: str
    new_person: NewPerson

    def invite(
        self,
        *,
        starts_at: str | None = None,
        language: str = "de",
        alias: str = "Amsel 27",
    ) -> AddedConsultation:
        """Make a consultation; without a start it begins in five minutes."""
        return self.server.add_consultation(
            self.email, starts_at or soon(), language=language, alias=alias
        )

    def practitioner(
        self,
        *,
        locale: str = "de-DE",
        screen: Screen = DESKTOP,
        permission: Permission = Permission.GRANTED,
        script: str = "",
    ) -> Practitioner:
        """Let the practitioner sign in and open the consulting room; a script may change the browser first."""
        practitioner = Practitioner(self._person(locale, screen, permission))
        practitioner.person.context.add_init_script(script)
        practitioner.sign_in(self.email)
        practitioner.enter_room()
        return practitioner

    def patient(
        self,
        link: str,
        *,
        locale: str = "de-DE",
        screen: Screen = DESKTOP,
        permission: Permission = Permission.ASKED,
        script: str = "",
    ) -> Patient:
        """Let a patient open the link; a script may change the browser first."""
        patient = Patient(self._person(locale, screen, permission))
        patient.person.context.add_init_script(script)
        patient.open(link)
        return patient

    def call(self, name: str = "Erika Beispiel") -> tuple[Practitioner, Patient, AddedConsultation]:
        """Bring one patient and the practitioner into a call."""
        invitation = self.invite()
        practitioner = self.practitioner()
        patient = self.patient(invitation["link"])
        patient.enter(name)
        practitioner.admit(name)
        expect(patient.element).to_have_attribute("state", "connected")
        return practitioner, patient, invitation

    def _person(self, locale: str, screen: Screen, permission: Permission) -> Person:
        return self.new_person(
            self.server.origin, locale=locale, screen=screen, permission=permission
        )


def employ(server: MeetoneProcess, new_person: NewPerson) -> Practice:
    """Give a practitioner an account that no other test knows."""
    email = f"weber-{token_hex(4)}@example.org"
    server.add_user(email, PRACTITIONER_NAME, PASSWORD)
    return Practice(server, email, new_person)


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
