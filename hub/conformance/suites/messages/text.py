"""Text: what a person wrote comes through letter by letter."""

from __future__ import annotations

import re
import unicodedata

from connectors import Closed, SafetyAlarmRaised
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.expecting import expect_registered
from hub.conformance.plan import Group
from hub.conformance.reading import divs, note_of, plain, registered, walk
from hub.conformance.suites.messages._telling import WAYS, closed, one_of_each, tell
from hub.conformance.verdicts import both, expect
from hub.ingest.parts import Resource

GROUP = Group("messages", "text", both("Tekst", "Text"), ("connector",), place=70)


@GROUP.test("norwegian", "TXT-1", both("Norske bokstaver", "Norwegian letters"), ways=WAYS)
async def norwegian(bench: ConnectorBench) -> None:
    """In notes and in the alarm's own text."""
    letters = "Blåbærsyltetøy på kjøkkenet; ÆRLIG ØNSKE, ÅPEN dør."
    bench.needs_words(SafetyAlarmRaised, Closed)
    async with bench.connected() as it:
        alarm = bench.alarm(text=letters)
        await tell(it.system, alarm, closed(alarm, letters))
        expect_registered(it.lane, 2)
        raised, note = registered(it.lane)
        _expect_text(note_of(note), letters)
        expect(
            letters in [value for _, _, value in walk(raised)],
            expected=both("alarmens tekst uendret", "the alarm's text unchanged"),
            seen=both("en annen tekst eller ingen", "another text or none"),
        )


@GROUP.test("sami", "TXT-2", both("Samiske bokstaver", "Sámi letters"))
async def sami(bench: ConnectorBench) -> None:
    """Northern, Lule and South Sámi, and Kven: in names of places and people everywhere."""
    await _expect_unchanged(bench, "Čáhppesgáddi, Deanušaldi, Ŋuorvunjárga, Guovdageaidnu; đ ŧ ž ï Ŧ Đ Ž š")


@GROUP.test("emoji", "TXT-3", both("Tegn utenfor det vanlige planet", "Characters outside the basic plane"))
async def emoji(bench: ConnectorBench) -> None:
    """Emoji and their sequences are written in notes; in JSON they are two escapes or four bytes."""
    await _expect_unchanged(bench, "Alt vel \U0001f600 \U0001f475\U0001f3fd \U0001f468\u200d\U0001f469\u200d\U0001f467")


@GROUP.test("combining", "TXT-4", both("Sammensatte tegn som de kom", "Combining characters as they came"))
async def combining(bench: ConnectorBench) -> None:
    """A letter with a ring is one character or two; neither is made into the other."""
    composed = "å é ö — blå"
    await _expect_unchanged(bench, f"{composed} | {unicodedata.normalize('NFD', composed)}")


@GROUP.test("markup", "TXT-5", both("Tegn som betyr noe i XHTML", "Characters that mean something in XHTML"), ways=WAYS)
async def markup(bench: ConnectorBench) -> None:
    """< > & and quotes are text in a note: the XHTML stays well-formed, and the text is what was written."""
    text = "Blodsukker < 4 & puls > 100; skrev \"<b>hjelp</b>\" og 'Tom & Jerry' &amp; gikk"
    bench.needs_words(SafetyAlarmRaised, Closed)
    async with bench.connected() as it:
        alarm = bench.alarm()
        await tell(it.system, alarm, closed(alarm, text))
        broken = sum(plain(div) is None for message in registered(it.lane) for div in divs(message))
        expect(
            broken == 0,
            expected=both("velformet XHTML", "well-formed XHTML"),
            seen=both(f"{broken} avsnitt som ikke er det", f"{broken} sections that are not"),
        )
        _expect_text(_last_note(registered(it.lane)), text)


@GROUP.test("line-breaks", "TXT-6", both("Linjeskift i et notat", "Line breaks in a note"))
async def line_breaks(bench: ConnectorBench) -> None:
    """A note in lines is read in lines: a bare line break is nothing in XHTML."""
    lines = ["Ringte bruker.", "Fikk ikke svar.", "Sendte utrykning kl. 14.05."]
    bench.needs_words(SafetyAlarmRaised, Closed)
    async with bench.connected() as it:
        for number, ends in enumerate(("\n", "\r\n")):
            alarm = bench.alarm()
            await tell(it.system, alarm, closed(alarm, ends.join(lines)))
            expect_registered(it.lane, 2 * (number + 1))
            note = registered(it.lane)[-1]
            marked = all(re.search(r"<(br|p|div|li|pre)\b", div[4:]) or "white-space" in div for div in divs(note))
            found = [line.strip() for line in note_of(note).splitlines() if line.strip()]
            expect(
                marked and found[: len(lines)] == lines,
                expected=both("tre linjer", "three lines"),
                seen=both(f"{len(found)} linjer, {'med' if marked else 'uten'} merker i XHTML", f"{len(found)} lines"),
            )


@GROUP.test("long", "TXT-7", both("Et notat på 10 000 tegn", "A note of 10,000 characters"), ways=WAYS)
async def long(bench: ConnectorBench) -> None:
    """A long note is neither cut off nor refused."""
    sentence = "Bruker er trøtt, men ved godt mot. "
    await _expect_unchanged(bench, (sentence * (10_000 // len(sentence) + 1))[:10_000].strip())


@GROUP.test("spaces", "TXT-8", both("Mellomrom i begge ender", "Spaces at both ends"))
async def spaces(bench: ConnectorBench) -> None:
    """They may go, the words may not."""
    bench.needs_words(SafetyAlarmRaised, Closed)
    async with bench.connected() as it:
        alarm, text = bench.alarm(), "  \n Hadde mistet alarmen under sengen.\t\n"
        await tell(it.system, alarm, closed(alarm, text))
        _expect_text(_last_note(registered(it.lane)), text.strip())


@GROUP.test("control-characters", "TXT-9", both("Kontrolltegn i et notat", "Control characters in a note"), ways=WAYS)
async def control_characters(bench: ConnectorBench) -> None:
    """Text that was pasted may hold them; no FHIR message can. The case must be closed all the same."""
    bench.needs_words(SafetyAlarmRaised, Closed)
    async with bench.connected() as it:
        alarm = bench.alarm(text="Knapp\x07 i gangen")
        await tell(it.system, alarm, closed(alarm, "Hjulpet\x0b opp\x00 og\x1f uskadd.", by="op\x083"))
        expect_registered(it.lane, 2)
        found = re.findall(r"\w+", _last_note(registered(it.lane)))
        expect(
            found[:4] == ["Hjulpet", "opp", "og", "uskadd"],
            expected=both("ordene i notatet", "the words of the note"),
            seen=both("andre ord", "other words"),
        )


@GROUP.test("blank-note", "TXT-10", both("En sak lukkes uten tekst", "A case is closed without a text"), ways=WAYS)
async def blank_note(bench: ConnectorBench) -> None:
    """A blank note is no reason to lose the closing: it is registered, with no empty text in it."""
    bench.needs_words(SafetyAlarmRaised, Closed)
    async with bench.connected() as it:
        for number, note in enumerate(("", "  \n ")):
            alarm = bench.alarm(text=note, device_name=note)
            await tell(it.system, alarm, closed(alarm, note, cause="Feil på utstyr"))
            expect_registered(it.lane, 2 * (number + 1))


@GROUP.test("utf-8", "TXT-11", both("UTF-8 på linjen", "UTF-8 on the wire"), ways=WAYS)
async def utf_8(bench: ConnectorBench) -> None:
    """FHIR's JSON is UTF-8 without a byte order mark, and HTTP says nothing else about it."""
    async with bench.connected() as it:
        await tell(it.system, *one_of_each(bench))
        bad = sum(not _is_utf_8(message.payload) for message in it.lane.heard.messages)
        said = {r.header("content-type").lower() for r in it.lane.heard.of_kind("write") if r.body}
        others = sorted(kind for kind in said if "charset" in kind and "utf-8" not in kind)
        expect(
            it.lane.heard.messages and not bad and not others,
            expected=both("UTF-8 uten BOM", "UTF-8 without a byte order mark"),
            seen=both(f"{bad} meldinger som ikke er det; {others}", f"{bad} messages that are not; {others}"),
        )


async def _expect_unchanged(bench: ConnectorBench, text: str) -> None:
    """A note of `text` comes through as it is."""
    bench.needs_words(SafetyAlarmRaised, Closed)
    async with bench.connected() as it:
        alarm = bench.alarm()
        await tell(it.system, alarm, closed(alarm, text))
        expect_registered(it.lane, 2)
        _expect_text(_last_note(registered(it.lane)), text)


def _expect_text(found: str, text: str) -> None:
    place = next((n for n, letter in enumerate(text) if not found.startswith(text[: n + 1])), len(text))
    expect(
        text in found,
        expected=both(f"teksten uendret, {len(text)} tegn", f"the text unchanged, {len(text)} characters"),
        seen=both(
            f"{len(found)} tegn, ulik fra tegn nummer {place + 1}",
            f"{len(found)} characters, other from number {place + 1}",
        ),
    )


def _last_note(found: list[Resource]) -> str:
    return note_of(found[-1]) if found else ""


def _is_utf_8(payload: bytes) -> bool:
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not text.startswith("\ufeff")
