"""A consultation in the lab: practitioner and patient, each behind a router, each page measured."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from urllib.request import urlopen

import msgspec
from playwright.sync_api import Browser, expect

from tests.browser.people import Patient, Practice, Practitioner, employ, part
from tests.lab.measuring import PROBE, Figures, Meter, all_back_after, now, wait_until_back
from tests.lab.topology import Site
from tests.support.browser import DESKTOP, Permission, Person, Screen, open_context
from tests.support.server import MeetoneProcess

UNDISTURBED_SECONDS = 30.0
TRANSITION_SECONDS = 10.0
"""From a fault on nothing is asserted for so long: the browser finds its feet."""
WHO = ("practitioner", "patient")
TELLING = frozenset({"welcome", "made offer", "took offer", "took answer"})
MOMENTS = 8
"""What is printed of a transition."""
PHONE = "030 1234567"
NAME = "Erika Beispiel"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a call."""

    who: str
    """practitioner or patient."""
    person: Person
    meter: Meter
    site: Site

    def says(self, name: str) -> str:
        """Return what a part of the page says, "" while it is hidden."""
        found = part(self.person.page, name)
        return found.inner_text().strip() if found.is_visible() else ""

    def attribute(self, name: str, attribute: str) -> str:
        """Return an attribute of a part of the page."""
        return part(self.person.page, name).get_attribute(attribute) or ""


@dataclass(frozen=True, slots=True)
class Call:
    """Two people who see and hear each other, or are about to."""

    home: Practice
    """Seats more people at the patient's site."""
    link: str
    practitioner: Practitioner
    patient: Patient
    sides: tuple[Side, Side]
    """Practitioner, patient."""

    @property
    def meter(self) -> Meter:
        """Pass time and wait by this one; events of both pages go on arriving."""
        return self.sides[0].meter

    def admit(self) -> None:
        """Call the patient in; return when both sides have had sound and picture for a while."""
        expect(self.practitioner.waiting(NAME)).to_be_visible()
        start = now()
        self.practitioner.admit(NAME)
        assert self.meter.wait(lambda: self.back_after(start) is not None, 30), "nobody is seen"

    def end(self) -> None:
        """Let the patient hang up."""
        part(self.patient.page, "hang-up").click()
        expect(self.patient.element).to_have_attribute("state", "ended")

    def back_after(self, start: float) -> float | None:
        """Return after how many seconds both sides had sound and picture for good; None while not."""
        return all_back_after([side.meter for side in self.sides], start)

    def time_until_back(self, start: float, patience: float) -> float | None:
        """Wait for sound and picture on both sides; return seconds from `start`, None if in vain."""
        return wait_until_back([side.meter for side in self.sides], start, patience)

    def figures(self, start: float, end: float | None = None) -> tuple[Figures, Figures]:
        """Return what a stretch of time was like for the practitioner and for the patient."""
        until = now() if end is None else end
        first, second = (side.meter.figures(start, until) for side in self.sides)
        return first, second

    def watch(self, seconds: float = UNDISTURBED_SECONDS) -> tuple[Figures, Figures]:
        """Let a stretch of time go by; return what it was like."""
        start = now()
        self.meter.pass_time(seconds)
        return self.figures(start)

    def standing(self) -> bool:
        """Tell whether both pages call themselves connected."""
        elements = (self.practitioner.element, self.patient.element)
        return all(element.get_attribute("state") == "connected" for element in elements)

    def moments(self, start: float) -> str:
        """Tell when, in seconds from a moment, the server welcomed and the pages negotiated."""
        noted = []
        for side in self.sides:
            events = [
                *((s["at"], s["type"]) for s in side.meter.signals(start)),
                *((s["at"], s["what"]) for s in side.meter.negotiation(start)),
            ]
            noted += [(at, f"{side.who} {what}") for at, what in events if what in TELLING]
        return ", ".join(f"{at / 1000 - start:.1f} {what}" for at, what in sorted(noted)[:MOMENTS])

    def phrase(self, key: str) -> str:
        """Return a sentence of the pages, in their language."""
        with urlopen(self.home.server.url("/phrases/de.json")) as answer:  # noqa: S310  # our own server
            phrases = msgspec.json.decode(answer.read(), type=dict[str, object])
        return str(phrases[key])

    def peers(self) -> list[int]:
        """Return which connection each page has, by its number: a higher one is a new one."""
        return [side.meter.samples(0)[-1]["peer"] for side in self.sides]


@dataclass(frozen=True, slots=True)
class Lab:
    """Two sites, a browser at each, and the way to seat people there."""

    sites: tuple[Site, Site]
    """The practitioner's, the patient's."""
    browsers: tuple[Browser, Browser]
    people: list[Person]
    """Whose screens are shown when something fails."""
    stack: ExitStack
    """What is to be left at the end."""

    def call(self, server: MeetoneProcess) -> Call:
        """Hold a consultation: both see and hear each other."""
        call = self.waiting(server)
        call.admit()
        return call

    def waiting(self, server: MeetoneProcess) -> Call:
        """Bring a practitioner into the consulting room and a patient into the waiting room."""
        call = self.arriving(server)
        call.patient.enter(NAME)
        return call

    def arriving(self, server: MeetoneProcess) -> Call:
        """Bring a practitioner into the consulting room and a patient before the first question."""
        practice, home = self.practice(server)
        link = practice.invite()["link"]
        practitioner = practice.practitioner()
        patient = home.patient(link, permission=Permission.GRANTED)
        people = (practitioner.person, patient.person)
        first, second = map(Side, WHO, people, [Meter(p.page) for p in people], self.sites)
        return Call(home, link, practitioner, patient, (first, second))

    def practice(self, server: MeetoneProcess) -> tuple[Practice, Practice]:
        """Employ a practitioner; return the practice as it is entered from the first and from the second site."""
        practice = employ(server, partial(self.seat, 0))
        return practice, replace(practice, new_person=partial(self.seat, 1))

    def seat(
        self,
        place: int,
        origin: str,
        *,
        permission: Permission = Permission.GRANTED,
        browser: Browser | None = None,
        locale: str = "de-DE",
        screen: Screen = DESKTOP,
    ) -> Person:
        """Seat one more person before the browser of a site, 0 or 1, until the end."""
        context = open_context(
            browser or self.browsers[place], origin, permission, locale=locale, screen=screen
        )
        context.add_init_script(path=PROBE)
        person = Person(context, origin)
        # A browser says in its console that a connection was lost; it is what the lab is for.
        person.watch.allow(r"WebSocket|net::ERR_|Failed to load resource")
        self.people.append(person)
        self.stack.callback(self.people.remove, person)
        self.stack.callback(person.leave)
        return person
