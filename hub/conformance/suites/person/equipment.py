"""Real equipment, from a finger on a button to a registered event."""

from __future__ import annotations

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.national.script import Answer
from hub.conformance.plan import Group
from hub.conformance.verdicts import both, expect

GROUP = Group("person", "equipment", both("Utstyr og skjerm", "Equipment and screen"), ("connector",))
_ARRIVES_S = 60.0


@GROUP.test("button", "PER-1", both("En knapp på ekte utstyr", "A button on real equipment"), within_s=600)
async def button(bench: ConnectorBench) -> None:
    """Pressed once, registered once."""
    async with bench.connected() as it:
        await bench.ask_to_do(
            "Trykk på alarmknappen på utstyr som er koblet til systemet, én gang",
            "Press the alarm button of equipment that is connected to the system, once",
        )
        heard = it.lane.heard
        await heard.until(lambda h: h.registered(), within_s=_ARRIVES_S)
        found = len(heard.registered())
        expect(
            found == 1,
            expected=both("én registrert alarm innen et minutt", "one alarm registered within a minute"),
            seen=both(f"{found} registrerte", f"{found} registered"),
        )


@GROUP.test("refusal-shown", "PER-2", both("En avvisning vises", "A refusal is shown"), within_s=600)
async def refusal_shown(bench: ConnectorBench) -> None:
    """People must learn of an event that the hub has refused."""
    async with bench.connected() as it:
        it.lane.script.always(Answer(422))
        await bench.ask_to_do(
            "Utløs en alarm. Knutepunktet kommer til å avvise den", "Raise an alarm. The hub is going to refuse it"
        )
        await it.lane.heard.until(lambda h: h.messages, within_s=_ARRIVES_S)
        await bench.ask_whether(
            "Systemet viser for dem som skal følge med, at hendelsen ble avvist",
            "The system shows those who watch it that the event was refused",
        )


@GROUP.test("outage-shown", "PER-3", both("Et brudd vises", "An outage is shown"), within_s=900)
async def outage_shown(bench: ConnectorBench) -> None:
    """People must learn that events do not get through, so that they can act by hand meanwhile."""
    async with bench.connected() as it:
        it.lane.go_down()
        await bench.ask_to_do("Knutepunktet er nå borte. Utløs en alarm", "The hub is gone now. Raise an alarm")
        await bench.ask_whether(
            "Systemet viser at hendelser ikke kommer fram", "The system shows that events don't get through"
        )
        it.lane.come_back()
        await bench.ask_whether(
            "Systemet viser at alarmen kom fram da knutepunktet var tilbake",
            "The system shows that the alarm got through when the hub was back",
        )
