"""Example: a folder into which a product drops files of measurements (CSV). The product and its format are made up.

Semicolons between the columns, a heading, decimal commas, times in Norwegian local time; UTF-8 or Windows-1252.
A file is taken whole or not at all: then it is moved to `behandlet`, or to `avvist` with a text beside it that
says which lines are at fault. Files are read when they have the ending `.csv`, which a product gives them last.
Source settings: `folder`, `every_s` (default 5).
"""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from connectors import (
    Event,
    Measurement,
    MeasurementTaken,
    blood_pressure,
    glucose,
    oxygen_saturation,
    patient,
    pulse,
    temperature,
    weight,
)
from connectors.vendor import Example, NotUnderstood, VendorConnector
from hub.model.clock import OSLO

_COLUMNS = ("tidspunkt", "fødselsnummer", "apparat", "måling", "verdi")
_SINGLE: dict[str, Callable[[Decimal], Measurement]] = {
    "puls": pulse,
    "vekt": weight,
    "oksygenmetning": oxygen_saturation,
    "temperatur": temperature,
    "blodsukker": glucose,
}


class CsvDropFolderConnector(VendorConnector):
    """Reads the files of a folder, the oldest first."""

    name = "csv_drop_folder"
    service_codes = ("dho",)

    @classmethod
    def translate(cls, payload: bytes) -> Sequence[Event]:
        """The measurements of a file. Raises NotUnderstood with the numbers of the lines at fault."""
        reader = csv.DictReader(io.StringIO(_text(payload), newline=""), delimiter=";")
        try:
            rows = list(reader)
        except csv.Error as e:
            raise NotUnderstood("filen er ikke en CSV-fil") from e
        if not set(_COLUMNS) <= set(reader.fieldnames or ()):
            raise NotUnderstood(f"linje 1: overskriften skal være {';'.join(_COLUMNS)}")
        events: list[Event] = []
        faults: list[str] = []
        for line, row in enumerate(rows, 2):
            try:
                events.append(_measurement(row))
            except (ValueError, TypeError, KeyError, InvalidOperation):
                faults.append(str(line))
        if faults:
            raise NotUnderstood(f"feil på linje {', '.join(faults)}")
        return events

    async def receive(self, source: Mapping[str, Any]) -> None:
        """Look into the folder until cancelled."""
        folder = Path(source["folder"])
        while True:
            for file in await asyncio.to_thread(_waiting, folder):
                await self._take_file(file)
            await asyncio.sleep(float(source.get("every_s", 5.0)))

    async def _take_file(self, file: Path) -> None:
        try:
            await self.take(await asyncio.to_thread(file.read_bytes))
        except NotUnderstood as e:
            await asyncio.to_thread(_put_away, file, "avvist", str(e))
        else:
            await asyncio.to_thread(_put_away, file, "behandlet", None)


def _text(payload: bytes) -> str:
    try:
        return payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        return payload.decode("cp1252", "replace")


def _measurement(row: Mapping[str, str | None]) -> MeasurementTaken:
    when, who, device, what, value = (_cell(row[column]) for column in _COLUMNS)
    at = datetime.strptime(when, "%d.%m.%Y %H:%M:%S").replace(tzinfo=OSLO)
    return MeasurementTaken(
        patient=patient(who),
        device=device,
        at=at.astimezone(UTC),
        measurements=(_measured(what.lower(), value),),
    )


def _cell(text: str | None) -> str:
    if not text or not text.strip():
        raise ValueError("an empty cell")
    return text.strip()


def _measured(what: str, value: str) -> Measurement:
    if what == "blodtrykk":
        systolic, diastolic = value.split("/")
        return blood_pressure(_number(systolic), _number(diastolic))
    return _SINGLE[what](_number(value))


def _number(text: str) -> Decimal:
    return Decimal(text.strip().replace(",", "."))


def _waiting(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.csv"), key=lambda file: (file.stat().st_mtime_ns, file.name))


def _put_away(file: Path, where: str, why: str | None) -> None:
    place = file.parent / where
    place.mkdir(exist_ok=True)
    if why is not None:
        (place / f"{file.name}.feil.txt").write_text(f"{why}\n", encoding="utf-8")
    file.replace(place / file.name)


_WHO = "23863920981"
_FILE = f"""tidspunkt;fødselsnummer;apparat;måling;verdi
03.03.2025 08:15:00;{_WHO};BT-3;Blodtrykk;142/83
03.03.2025 08:17:30;{_WHO};V-1;Vekt;71,50
26.10.2025 02:30:00;{_WHO};P-1;Puls;72
"""


def _taken(device: str, at: datetime, measured: Measurement) -> MeasurementTaken:
    return MeasurementTaken(patient=patient(_WHO), device=device, at=at, measurements=(measured,))


_TAKEN = (
    _taken("BT-3", datetime(2025, 3, 3, 7, 15, tzinfo=UTC), blood_pressure(142, 83)),
    _taken("V-1", datetime(2025, 3, 3, 7, 17, 30, tzinfo=UTC), weight(Decimal("71.50"))),
    _taken("P-1", datetime(2025, 10, 26, 0, 30, tzinfo=UTC), pulse(72)),  # the first of the two half past two
)
CsvDropFolderConnector.examples = (
    Example("a file as products of today write it", _FILE.encode(), _TAKEN),
    Example("a file as older products write it", _FILE.replace("\n", "\r\n").encode("cp1252"), _TAKEN),
    Example("a file with a byte order mark", b"\xef\xbb\xbf" + _FILE.encode(), _TAKEN),
    Example("a file with nothing but its heading", (_FILE.splitlines()[0] + "\n").encode(), ()),
)

CONNECTOR = CsvDropFolderConnector
