"""What people do in the console: follow a case, correct a message, hold traffic, try faults, read journals."""

import asyncio
import html
import json
import re

import orjson
import pytest

from connectors.mqtt import MqttConnection
from tests.console.visitor import norwegian_in
from tests.messages import alarm

TOWN = "314159265"
SENDER = f"{TOWN}/Acme_Alarm_Testvik"
WITHIN_S = 20


async def until(look, *, every_s=0.1):
    """What `look` gives, as soon as it gives something."""
    async with asyncio.timeout(WITHIN_S):
        while not (found := await look()):  # noqa: ASYNC110  # another process's page has no event
            await asyncio.sleep(every_s)
    return found


def plain(page):
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


async def settled(visitor, case):
    async def look():
        page = (await visitor.get(f"/cases/{case}")).text
        return page if "Notatet er ført i journalen" in page else None

    return await until(look)


async def send(hub, payload):
    """Send over MQTT as a device would."""
    connection = MqttConnection(hub.mqtt, client_id="console-test", connect_within_s=10)
    async with connection:
        await connection.publish(f"vft/{TOWN}/Acme_Alarm_Testvik/TA-1/event", payload)


async def test_a_case_is_told_from_press_to_note_with_its_message_and_checks(visitor):
    case = await visitor.press(twice="1")
    page = await settled(visitor, case)
    told = plain(page)
    order = ["Hendelsen skjedde", "Første melding mottatt", "Samme melding kom igjen", "Notatet er ført i journalen"]
    places = [told.index(step) for step in order]
    assert places == sorted(places)
    assert "Trygghetsalarm" in told
    assert '"resourceType": "DetectedIssue"' in told
    assert "guide-detectedissue-author" in told


async def test_the_raw_message_is_given_byte_for_byte(visitor):
    case = await visitor.press()
    answer = await visitor.get(f"/cases/{case}/messages/1/raw")
    assert orjson.loads(answer.text)["patient"]["identifier"]["value"] == "13116900216"
    assert "attachment" in answer.headers["Content-Disposition"]


async def test_the_note_is_read_in_the_journal_of_each_kind(visitor):
    for town, name in ((TOWN, "Testvik"), ("310000019", "Proeveby"), ("310000027", "Oevrefjord")):
        sender = f"{town}/Acme_Alarm_{name}"
        form = {"what": "fire", "patient": "14019800513", "sender": sender}
        case = (await visitor.do("/try/press", **form)).address.removeprefix("/cases/").partition("?")[0]

        async def look(town=town, case=case):
            answer = await visitor.get(f"/journals/{town}/note/{case}")
            return answer if answer.status == 200 else None

        answer = await until(look)
        assert f"/journals/{town}/page/notat/" in answer.address
        assert "Brannalarm" in answer.text
        assert 'href="/pasient' not in answer.text


async def test_a_signed_note_gets_an_addendum(visitor):
    case = await visitor.press()
    await settled(visitor, case)

    async def mark():
        answer = await visitor.do("/try/mark", on=f"/cases/{case}", municipality=TOWN, case_id=case, state="signed")
        return answer if answer.status == 200 else None

    assert "merket i journalen" in (await until(mark)).text


async def quarantined(visitor, hub, payload, *, word):
    await send(hub, payload)

    async def look():
        page = (await visitor.get("/quarantine")).text
        numbers = re.findall(r"/quarantine/(\d+)", page)
        for number in reversed(numbers):
            if word in html.unescape((await visitor.get(f"/quarantine/{number}")).text):
                return number
        return None

    return await until(look)


async def test_a_rejected_message_is_pointed_out_corrected_and_becomes_a_case(visitor, hub):
    body = alarm("to-correct", at="2026-11-23T10:00:00+01:00")
    body["status"] = "no-such-status"
    number = await quarantined(visitor, hub, json.dumps(body, indent=1).encode(), word="no-such-status")
    page = (await visitor.get(f"/quarantine/{number}")).text
    marked = re.search(r'<li id="q-\d+" class="error">.*?</li>', page, re.DOTALL)[0]
    assert "no-such-status" in marked
    english = (await visitor.get(f"/quarantine/{number}?lang=en")).text
    assert "Use one of the valid codes in status." in english
    assert norwegian_in(english) == []
    await visitor.get("/?lang=nb")

    where = f"/quarantine/{number}"
    still_wrong = await visitor.do(f"{where}/correct", on=where, action="submit", content=json.dumps(body))
    assert still_wrong.status == 422
    body["status"] = "final"
    checked = await visitor.do(f"{where}/correct", on=where, action="check", content=json.dumps(body))
    assert "Kontrollen fant ingen feil" in checked.text
    done = await visitor.do(f"{where}/correct", on=where, action="submit", content=json.dumps(body))
    assert done.address.startswith("/cases/")
    again = await visitor.do(f"{where}/correct", on="/try", action="submit", content=json.dumps(body))
    assert again.status == 409


async def test_a_message_can_be_put_away(visitor, hub):
    number = await quarantined(visitor, hub, b'{"resourceType": "put-me-away"', word="put-me-away")
    where = f"/quarantine/{number}"
    answer = await visitor.do(f"{where}/dismiss", on=where)
    assert answer.address == "/quarantine"
    assert "Lagt bort" in (await visitor.get(where)).text


async def test_held_traffic_waits_and_released_traffic_flows(visitor):
    address = {"municipality": TOWN, "destination": "epj"}
    await visitor.do("/drift/hold", on="/drift", **address)
    assert "Holdt tilbake" in (await visitor.get("/drift")).text
    case = await visitor.press()
    assert "Notatet er ført" not in (await visitor.get(f"/cases/{case}")).text
    await visitor.do("/drift/release", on="/drift", **address)
    await settled(visitor, case)


async def test_an_unknown_destination_is_not_held(visitor):
    answer = await visitor.do("/drift/hold", on="/drift", municipality="000000000", destination="epj")
    assert answer.status == 404


@pytest.mark.parametrize("seconds", ["", "0", "3601", "²", "-5", "9" * 5000])
async def test_a_fault_lasts_a_number_of_seconds(visitor, seconds):
    answer = await visitor.do("/try/fault", municipality=TOWN, fault="refuses", seconds=seconds)
    assert answer.status == 422


async def test_a_delivery_that_waits_for_a_person_is_sent_again(visitor):
    await visitor.do("/try/fault", municipality=TOWN, fault="refuses", seconds="30")
    case = await visitor.press(patient="21016400952")

    async def waits():
        page = (await visitor.get(f"/cases/{case}")).text
        return page if "/drift/resend" in page else None

    page = await until(waits)
    assert "Mottakeren avviste meldingen" in page
    await visitor.do("/try/fault/clear", municipality=TOWN)
    form = {"case_id": case, "destination": "epj", "from": "case"}
    answer = await visitor.do("/drift/resend", on=f"/cases/{case}", **form)
    assert answer.status == 200
    told = plain(await settled(visitor, case))
    assert "En person sendte på nytt" in told


async def test_a_dropped_message_is_checked_and_shown_as_its_note_and_not_sent(visitor):
    before = (await visitor.get("/drift")).text.count("<tr>")
    text = json.dumps(alarm("dropped", code="4.1"))
    answer = await visitor.do("/try/message", action="check", sender=SENDER, content=text)
    assert "Notatet den blir" in answer.text
    assert "Fall" in answer.text
    assert (await visitor.get("/drift")).text.count("<tr>") == before
    sent = await visitor.do("/try/message", action="send", sender=SENDER, content=text)
    assert sent.address.startswith("/cases/")


@pytest.mark.parametrize("content", ["", "{", "null", '"x"', "[]", "{}", '{"resourceType": 7}', "\x00", "æ" * 1000])
async def test_anything_can_be_dropped(visitor, content):
    answer = await visitor.do("/try/message", action="check", sender=SENDER, content=content)
    assert answer.status == 200
    assert "ville avvist" in answer.text


async def test_counts_per_sender_grow_with_what_comes(visitor):
    def counted(page):
        row = re.search(r'<th scope="row">Acme_Alarm_Testvik</th>(.*?)</tr>', page, re.DOTALL)
        return (
            [int(re.sub(r"\D", "", cell)) for cell in re.findall(r'class="number">([^<]*)<', row[1])]
            if row
            else [0] * 5
        )

    await visitor.press()
    before = counted((await visitor.get("/drift")).text)
    await visitor.press(twice="1")

    async def look():
        after = counted((await visitor.get("/drift")).text)
        return after if after[2] > before[2] else None

    after = await until(look)
    assert after[0] == before[0] + 1
    assert after[2] == before[2] + 1


async def test_the_cost_page_answers_and_its_report_stands_alone(visitor):
    page = (await visitor.get("/costs?total=30&state_share=50&connected=100&municipality=oslo")).text
    told = plain(page).replace("\u202f", " ").replace("\xa0", " ")
    assert "30 000 000 kr" in told
    assert "15 000 000 kr" in told
    assert "Oslo" in told
    assert "<svg" in page
    report = await visitor.get("/costs/report?total=30")
    assert "attachment" in report.headers["Content-Disposition"]
    assert 'src="http' not in report.text


async def test_a_scenario_runs_beside_the_hub_and_can_be_stopped(visitor):
    answer = await visitor.do("/try/scenario", scenario="normal_day")
    assert answer.address == "/flow"
    assert "Kjører: Vanlig dag" in (await visitor.get("/try")).text
    await visitor.do("/try/scenario/stop")

    async def stopped():
        return "Kjører: Vanlig dag" not in (await visitor.get("/try")).text

    await until(stopped)


async def test_the_story_of_a_case_is_given_as_json(visitor):
    case = await visitor.press()
    story = orjson.loads((await visitor.get(f"/cases/{case}/story")).text)
    assert story["steps"][0]["title"] == "Hendelsen skjedde"
    assert "Trygghetsalarm" in story["note"]


async def test_a_conflict_is_shown_beside_what_is_registered_and_settled_by_a_person(visitor, hub):
    body = alarm("two-versions", at="2026-11-23T10:00:00+01:00")
    await send(hub, json.dumps(body).encode())
    body["code"]["coding"][0] = {**body["code"]["coding"][0], "code": "4.1", "display": "Fall"}
    number = await quarantined(visitor, hub, json.dumps(body).encode(), word="versjonen som er registrert".capitalize())
    page = (await visitor.get(f"/quarantine/{number}")).text
    differing = re.findall(r"<code>([^<]*)</code><span class=\"mark\">← ulik", page)
    assert [html.unescape(line).strip(" ,") for line in differing if "code" in line] == ['"code": "4.1"', '"code": "3"']
    done = await visitor.do(f"/quarantine/{number}/accept", on=f"/quarantine/{number}")
    assert "Fall" in plain(done.text)
    assert "ulik" not in (await visitor.get(f"/quarantine/{number}")).text
