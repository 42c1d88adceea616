"""Example: a folder into which a product drops files of measurements (CSV). The product and its format are made up.

Semicolons between the columns, a heading, decimal commas, times in Norwegian local time; UTF-8 or Windows-1252.
A file is taken whole or not at all: then it is moved to `behandlet`, or to `avvist` with a text beside it that
says which lines are at fault. Files are read when they have the ending `.csv`, which a product gives them last.
Source settings: `folder`, `every_s` (default 5).
"""

from __future__ import annotations

import asyncio
import contextlib
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

#: When a file was changed last, and its size.
_Stamp = tuple[int, int]

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
            rows = [(reader.line_num, row) for row in reader]
        except csv.Error as e:
            raise NotUnderstood("filen er ikke en CSV-fil") from e
        if not set(_COLUMNS) <= set(reader.fieldnames or ()):
            raise NotUnderstood(f"linje 1: overskriften skal være {';'.join(_COLUMNS)}")
        events: list[Event] = []
        faults: list[str] = []
        for line, row in rows:
            try:
                events.append(_measurement(row))
            except (ValueError, TypeError, KeyError, InvalidOperation):
                faults.append(str(line))
        if faults:
            raise NotUnderstood(f"feil på linje {', '.join(faults)}")
        return events

    async def receive(self, source: Mapping[str, Any]) -> None:
        """Look into the folder until cancelled."""
        folder, seen = Path(source["folder"]), dict[Path, _Stamp]()
        while True:
            before, seen = seen, await asyncio.to_thread(_waiting, folder)
            for file in (file for file, stamp in seen.items() if before.get(file) == stamp):
                with contextlib.suppress(OSError):  # it is gone, or somebody has it open: at the next look, then
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


def _waiting(folder: Path) -> dict[Path, _Stamp]:
    """The files that lie there, the oldest first, each with when it was changed last and its size."""
    found = {}
    for file in folder.glob("*.csv"):
        with contextlib.suppress(OSError):  # moved away meanwhile
            if file.is_file():
                found[file] = (file.stat().st_mtime_ns, file.stat().st_size)
    return dict(sorted(found.items(), key=lambda each: (each[1][0], each[0].name)))


def _put_away(file: Path, where: str, why: str | None) -> None:
    place = file.parent / where
    place.mkdir(exist_ok=True)
    target = _free(place, file)
    if why is not None:
        (place / f"{target.name}.feil.txt").write_text(f"{why}\n", encoding="utf-8")
    file.rename(target)


def _free(place: Path, file: Path) -> Path:
    """A name in `place` that no earlier file has: products use theirs again."""
    names = (place / f"{file.stem}{number}{file.suffix}" for number in ("", *(f" ({n})" for n in range(2, 10_000))))
    return next(name for name in names if not name.exists())


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
