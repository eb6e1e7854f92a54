"""What the other rows are compared with: a call that nothing happens to."""

from tests.lab.call import Call, Lab
from tests.lab.table import Table
from tests.support.server import MeetoneProcess


def test_call_across_two_routers(lab: Lab, server: MeetoneProcess, table: Table) -> None:
    call = lab.call(server)
    with table.row("none") as row:
        practitioner, patient = call.watch(15)

        for who, figures in (("practitioner", practitioner), ("patient", patient)):
            row.at_most(f"{who} hears made-up sound", figures.concealed, 0.03, "%")
            row.at_least(f"{who} sees", figures.frames_per_second, 20, "fps")
            row.at_most(f"{who} without a frame", figures.longest_gap, 1)
            row.true(f"{who} hears something", figures.energy > 0)
            row.note(who, str(figures))
        row.equal("way", _ways(call), "srflx-srflx")


def _ways(call: Call) -> str:
    route = call.meter.route()
    assert route is not None
    kinds = (route["local"], route["remote"])
    # The other side's reflexive address may be learnt from its packets first.
    return "-".join(kind.replace("prflx", "srflx") for kind in kinds)
