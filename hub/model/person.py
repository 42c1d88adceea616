"""National identifiers of persons and organisations, and which of them are synthetic.

The rules of Norwegian numbers live here and nowhere else (the check-digit rule is to be relaxed from
2032). Sources: shared standards, section 6; the Tax Administration's description of the identity
number and of its test population; HL7 Norway's naming systems.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

IDENTITY_NUMBER = "urn:oid:2.16.578.1.12.4.1.4.1"
D_NUMBER = "urn:oid:2.16.578.1.12.4.1.4.2"
HELP_NUMBER = "urn:oid:2.16.578.1.12.4.1.4.3"
ORGANISATION_NUMBER = "urn:oid:2.16.578.1.12.4.1.4.101"
PERSON_SYSTEMS = frozenset({IDENTITY_NUMBER, D_NUMBER, HELP_NUMBER})

NHN_TEST_ORGANISATION = "314159265"

#: Well-known VKP test persons whose numbers look real.
LISTED_TEST_PERSONS = {
    "13116900216": "Line Danser",
    "12057900499": "Gry Telokk",
    "21016400952": "Finn Åge Dottno",
    "14019800513": "Folke Danser",
}

# A number may also follow an escape whose digits would otherwise seem to be its own: `%20`, `\u0022`.
_ELEVEN_DIGITS = re.compile(r"(?:(?<!\d)|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4}))\d{6}[ .]?\d{5}(?!\d)")
_CHECK_1 = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_CHECK_2 = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_SYNTHETIC_OFFSETS, _HOSPITAL_OFFSET = (80, 65), 40
_ORGANISATION_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


class NumberKind(StrEnum):
    """What an eleven-digit personal number turns out to be."""

    REAL = "real"
    SYNTHETIC = "synthetic"
    HELP = "help"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, order=True)
class PatientRef:
    """Who the patient is to the sender: identifier system and value. Never printed: `repr` is masked."""

    system: str
    value: str

    def __repr__(self) -> str:
        return f"PatientRef({self.system!r}, {masked(self.value)!r})"

    __str__ = __repr__


def masked(text: str) -> str:
    """`text` with all but the first two characters replaced, for places where it may be seen."""
    return text[:2] + "*" * max(len(text) - 2, 0)


def without_identity_numbers(text: str) -> str:
    """`text` with everything that looks like an eleven-digit personal number blotted out."""
    return _ELEVEN_DIGITS.sub("[fjernet]", text)


def with_masked_identity_numbers(text: str) -> str:
    """`text` with everything that looks like an eleven-digit personal number masked but for its first two digits."""
    return _ELEVEN_DIGITS.sub(lambda found: masked(found[0]), text)


def check_digits(first_nine: str) -> str | None:
    """The two modulus-11 check digits of a personal number's first nine digits, or None if there are none."""
    first = -sum(w * int(d) for w, d in zip(_CHECK_1, first_nine, strict=True)) % 11
    if first == 10:
        return None
    second = -sum(w * int(d) for w, d in zip(_CHECK_2, f"{first_nine}{first}", strict=True)) % 11
    return None if second == 10 else f"{first}{second}"


def number_kind(number: str) -> NumberKind:
    """Whether `number` is a real, synthetic or help number, or no valid number at all.

    An identity or D-number has a date (the D-number's day plus 40), an offset on the month when it is
    synthetic (80 or 65), and two check digits. A help number begins with 8 or 9 and holds no date. Hospitals add 40
    to the month in their own help numbers for real patients, so a number with that offset counts as real.
    """
    if number in LISTED_TEST_PERSONS:
        return NumberKind.SYNTHETIC
    if len(number) != 11 or not (number.isascii() and number.isdigit()):
        return NumberKind.INVALID
    if number[0] in "89":
        return NumberKind.HELP if check_digits(number[:9]) == number[9:] else NumberKind.INVALID
    month = int(number[2:4])
    offset = next((o for o in (*_SYNTHETIC_OFFSETS, _HOSPITAL_OFFSET) if 1 <= month - o <= 12), 0)
    if not _is_date(number, month - offset) or check_digits(number[:9]) != number[9:]:
        return NumberKind.INVALID
    return NumberKind.SYNTHETIC if offset in _SYNTHETIC_OFFSETS else NumberKind.REAL


def _is_date(number: str, month: int) -> bool:
    day = int(number[:2])
    if day > 40:
        day -= 40
    year, individual = int(number[4:6]), int(number[6:9])
    try:
        date(_century(year, individual) + year, month, day)
    except ValueError:
        return False
    return True


def _century(year: int, individual: int) -> int:
    if individual < 500:
        return 1900
    if individual < 750 and year >= 54:
        return 1800
    if individual >= 900 and year >= 40:
        return 1900
    return 2000


def organisation_number_is_valid(number: str) -> bool:
    """Whether `number` is nine digits with a right modulus-11 check digit."""
    if len(number) != 9 or not (number.isascii() and number.isdigit()):
        return False
    check = -sum(w * int(d) for w, d in zip(_ORGANISATION_WEIGHTS, number[:8], strict=True)) % 11
    return check != 10 and check == int(number[8])


def organisation_number_is_test(number: str) -> bool:
    """Whether `number` may stand for an organisation in test mode only (NHN's own, or Test-Norge's)."""
    return number == NHN_TEST_ORGANISATION or (number[:1] in {"2", "3"} and organisation_number_is_valid(number))
