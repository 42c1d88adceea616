"""An EPJ that fetches for itself settles its cases through JFT, by whole notes or by single events."""

from epj_adapter.simulated.faults import Faults
from epj_adapter.simulated.known_patients import KnownPatients
from epj_adapter.simulated.puller import Puller
from epj_adapter.simulated.sign_in import Client, SignIn
from epj_adapter.simulated.store import Store
from hub.app.test_clients import epj_client_id, epj_polling, with_test_clients
from hub.store.summary import summary
from tests.api.national import PULLING
from tests.messages import alarm, composition, document, follow_up, raw

SENDER = "Acme_Alarm_Henteby"
NOTES = "/jft/v1/Bundle?_tag=urn:knutepunkt:content|journal-note"


async def told(world):
    async with world.engines.reading() as connection:
        return await summary(connection)


async def publish(world, message):
    outcome = await world.publish(raw(message), municipality=PULLING, sender=SENDER)
    assert outcome.code.value == "accepted", outcome
    return outcome


async def test_acknowledging_every_event_of_a_case_delivers_and_meters_it_once(world, epj):
    await publish(world, document("b-1", composition(), alarm()))
    await publish(world, follow_up(of="alarm-1"))
    first, second = (await epj("GET", "/jft/v1/Bundle")).resources
    await epj("POST", f"/jft/v1/Bundle/{first['id']}/$journaling-acknowledged")
    assert (await told(world))["delivered"] == 0
    for _ in range(2):
        await epj("POST", f"/jft/v1/Bundle/{second['id']}/$journaling-acknowledged")
    counted = await told(world)
    assert (counted["delivered"], counted["usage_records"], counted["pending"]) == (1, 1, 0)


async def test_a_note_is_the_whole_case_and_acknowledging_it_acknowledges_its_events(world, epj):
    await publish(world, document("b-1", composition(), alarm()))
    await publish(world, follow_up(of="alarm-1"))
    (note,) = (await epj("GET", NOTES)).resources
    answer = await epj("POST", f"/jft/v1/Bundle/{note['id']}/$journaling-acknowledged")
    assert answer.status == 202
    assert (await told(world))["usage_records"] == 1
    events = (await epj("GET", "/jft/v1/Bundle?_tag=journaling-acknowledged")).resources
    assert len(events) == 2


async def test_a_changed_note_comes_again_where_the_reader_left_off(world, epj):
    await publish(world, document("b-1", composition(), alarm()))
    first = await epj("GET", NOTES)
    onward = next(link["url"] for link in first.json["link"] if link["relation"] == "next")
    assert (await epj("GET", onward)).resources == []
    await publish(world, follow_up(of="alarm-1"))
    (changed,) = (await epj("GET", onward)).resources
    assert changed["id"] != first.resources[0]["id"]
    assert changed["identifier"] == first.resources[0]["identifier"]


async def test_an_older_version_acknowledged_late_takes_nothing_back(world, epj):
    await publish(world, document("b-1", composition(), alarm()))
    (older,) = (await epj("GET", NOTES)).resources
    await publish(world, follow_up(of="alarm-1"))
    (newer,) = (await epj("GET", NOTES)).resources
    for one in (newer, older):
        assert (await epj("POST", f"/jft/v1/Bundle/{one['id']}/$journaling-acknowledged")).status == 202
    counted = await told(world)
    assert (counted["pending"], counted["delivered"], counted["usage_records"]) == (0, 1, 1)


async def test_a_municipality_that_is_written_to_has_no_notes_to_fetch(jft):
    assert (await jft("GET", NOTES)).status == 404


async def test_the_simulated_epj_fetches_by_a_token_of_its_own(world, tmp_path, session):
    adapters = [PULLING]
    clients = with_test_clients(world.settings.model_copy(update={"client": ()}), tmp_path, adapters)
    polling = epj_polling(clients, world.http, PULLING)
    assert polling["sign_in"]["client_id"] == epj_client_id(PULLING)
    from pathlib import Path

    said = polling["sign_in"]
    sign_in = SignIn(Client(said["issuer"], said["client_id"], Path(said["private_jwk"])))
    store = Store(tmp_path / "epj.sqlite", now=world.clock.real)
    patients = KnownPatients(store)
    puller = Puller(
        store, patients, Faults(world.clock.real), polling["hub_url"], authorise=sign_in, query=polling["query"]
    )
    try:
        await publish(world, document("b-1", composition(), alarm()))
        await publish(world, document("b-2", composition(), alarm("alarm-2", at="2026-11-23T12:00:00+01:00")))
        await puller.poll()
        await puller.poll()
    finally:
        await puller.aclose()
        await store.aclose()
    counted = await told(world)
    assert (counted["delivered"], counted["usage_records"]) == (2, 2)
