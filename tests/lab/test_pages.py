"""A page is loaded again, frozen, or opened on another device: the consultation goes on."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Patient, part
from tests.lab.call import NAME, Lab
from tests.lab.measuring import Meter, now, wait_until_back
from tests.lab.table import Table
from tests.support.browser import Permission
from tests.support.server import MeetoneProcess

FROZEN_SECONDS = 90


@pytest.mark.parametrize("place", [1, 0], ids=["patient", "practitioner"])
def test_reload(lab: Lab, server: MeetoneProcess, table: Table, place: int) -> None:
    call = lab.call(server)
    side = call.sides[place]
    with table.row(f"{side.who} reloads") as row:
        side.person.page.reload()
        loaded = side.meter.loaded_at()

        back = call.time_until_back(loaded, 15)
        row.at_most("both see moving pictures after load", back, 3)
        row.true("both pages in the call", call.standing())


def test_second_device_with_the_link(lab: Lab, server: MeetoneProcess, table: Table) -> None:
    call = lab.call(server)
    with table.row("second device with the link only") as row:
        start = now()
        device = call.home.patient(call.link, permission=Permission.GRANTED)
        device.enter(NAME)
        practitioner_claim = part(part(call.practitioner.page, "waiting-patient"), "claim")
        for claim in (practitioner_claim, part(call.patient.page, "claim")):
            expect(claim).to_be_visible()
        row.true("both are told", True)
        for side, figures in zip(call.sides, call.figures(start), strict=True):
            row.at_most(f"{side.who} without a frame meanwhile", figures.longest_gap, 1)
        row.true("the device has no connection yet", Meter(device.page).route() is None)

        clicked = now()
        part(practitioner_claim, "claim-accept").click()

        row.at_most(
            "in the call after one click",
            wait_until_back((call.meter, Meter(device.page)), clicked, 15),
            3,
        )
        expect(call.patient.element).to_have_attribute("state", "failed")


def test_second_device_with_the_hand_over(lab: Lab, server: MeetoneProcess, table: Table) -> None:
    call = lab.call(server)
    with table.row("second device with the hand-over QR") as row:
        part(call.patient.page, "hand-over").click()
        link = part(call.patient.page, "hand-over-link").get_attribute("href") or ""
        device = Patient(call.home.new_person(server.origin, permission=Permission.GRANTED))
        device.page.goto(link)
        loaded = Meter(device.page).loaded_at()

        row.at_most(
            "in the call without a click",
            wait_until_back((call.meter, Meter(device.page)), loaded, 15),
            3,
        )
        expect(device.element).to_have_attribute("state", "connected")


def test_page_frozen(lab: Lab, server: MeetoneProcess, table: Table) -> None:
    call = lab.call(server)
    with table.row(f"patient's page frozen for {FROZEN_SECONDS} s") as row:
        patient = call.sides[1]
        developer = patient.person.context.new_cdp_session(patient.person.page)
        developer.send("Page.setWebLifecycleState", {"state": "frozen"})
        call.meter.pass_time(FROZEN_SECONDS)
        developer.send("Page.setWebLifecycleState", {"state": "active"})
        thawed = now()

        back = call.time_until_back(thawed, 20)
        row.at_most("sound and picture on both sides by itself", back, 10)
        row.true("both pages in the call", call.meter.wait(call.standing, 10))
        welcomed = call.meter.wait(lambda: _speaks(patient.meter, thawed), 10)
        row.true("signalling is back", welcomed)


def _speaks(meter: Meter, since: float) -> bool:
    return bool(meter.signals(since))
