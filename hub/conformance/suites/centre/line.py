"""How the centre is connected, so that no alert passes it by and nobody else's comes its way."""

from __future__ import annotations

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.plan import Group
from hub.conformance.suites.centre._attending import PLANS, Attending, attending, payload_of
from hub.conformance.verdicts import both, expect

GROUP = Group("centre", "line", both("Forbindelsen", "The connection"), PLANS, place=30)


@GROUP.test("persistent", "RC-30", both("Økten er varig", "The session is persistent"))
async def persistent(bench: ConnectorBench) -> None:
    """The broker keeps alerts for those who have asked it to."""
    async with attending(bench) as it:
        expect(
            _lasting(it),
            expected=both("en forbindelse uten clean session", "a connection without clean session"),
            seen=both("bare forbindelser med clean session", "connections with clean session only"),
        )


@GROUP.test(
    "same-name",
    "RC-31",
    both("Den varige økten har samme navn etter omstart", "The persistent session has the same name after a restart"),
    needs=("restart",),
)
async def same_name(bench: ConnectorBench) -> None:
    """Under another client id it would be another session, and what was kept stays where it is."""
    async with attending(bench) as it:
        await it.system.stop()
        before = _lasting(it)
        it.lane.heard.packets.clear()
        await it.system.start()
        after = _lasting(it)
        expect(
            before & after,
            expected=both("samme klient-id", "the same client id"),
            seen=both("en annen klient-id", "another client id"),
        )


@GROUP.test("cut", "RC-32", both("Etter et brudd kommer senteret tilbake", "After a break the centre comes back"))
async def cut(bench: ConnectorBench) -> None:
    """Alerts before, during and after a broken connection are shown, each once."""
    async with attending(bench) as it:
        sent = [payload_of(bench.alarm(), it.lane) for _ in range(3)]
        await it.forward(sent[0])
        await it.confirmed(sent[0])
        it.lane.go_down()
        await it.forward(sent[1])
        it.lane.come_back()
        await it.forward(sent[2])
        await it.expect_shown_in_any_order(*sent)


@GROUP.test("narrow", "RC-33", both("Senteret ber bare om sitt eget", "The centre asks for its own only"))
async def narrow(bench: ConnectorBench) -> None:
    """Alerts of its municipality, and receipts of its own messages."""
    async with attending(bench) as it:
        sent = payload_of(bench.alarm(), it.lane)
        await it.forward(sent)
        await it.confirmed(sent)
        own = (f"vft/{it.lane.municipality}/response-centre/", f"vft/{it.lane.municipality}/{it.lane.sender}/")
        asked = [name for subscribe in it.lane.heard.subscribed for name in subscribe.filters]
        wide = [name for name in asked if not name.startswith(own)]
        expect(
            asked and not wide,
            expected=both("abonnement under " + " og ".join(own), "subscriptions under " + " and ".join(own)),
            seen=both(", ".join(wide) or "ingen", ", ".join(wide) or "none"),
        )


@GROUP.test("private", "RC-34", both("Ikke fødselsnummer i emner og navn", "No identity number in topics and names"))
async def private(bench: ConnectorBench) -> None:
    """Brokers log topics and client ids."""
    async with attending(bench) as it:
        alarm = bench.alarm()
        sent = payload_of(alarm, it.lane)
        await it.forward(sent)
        await it.confirmed(sent)
        expect(
            not any(alarm.patient.value in text for text in it.lane.heard.texts()),
            expected=both("ikke noe fødselsnummer", "no identity number"),
            seen=both("pasientens nummer", "the patient's number"),
        )


@GROUP.test("silent", "RC-35", both("Varsler står ikke i loggen", "Alerts are not in the log"), needs=("output",))
async def silent(bench: ConnectorBench) -> None:
    """Neither whom an alert is about nor what it says."""
    text = "Ligger på badegulvet og roper"
    async with attending(bench) as it:
        alarm = bench.alarm(text=text)
        sent = payload_of(alarm, it.lane)
        await it.forward(sent, f'{{"resourceType": "DetectedIssue", "text": "{text}"}}'.encode())
        await it.confirmed(sent)
        written = bench.system.output()
        expect(
            alarm.patient.value not in written and text not in written,
            expected=both("verken fødselsnummer eller tekst i loggen", "neither identity number nor text in the log"),
            seen=both("varselet står i loggen", "the alert stands in the log"),
        )


def _lasting(it: Attending) -> set[str]:
    """The client ids of the persistent sessions."""
    return {connect.client_id for connect in it.lane.heard.connects if not connect.is_clean}
