"""Identity numbers that no real resident uses: synthetic ones (80 on the month), one per municipality and purpose.

Source: shared standards, section 6.
"""

from __future__ import annotations

import hashlib

from hub.model.person import IDENTITY_NUMBER, NumberKind, PatientRef, check_digits, number_kind


def reserved_identity(municipality: str, purpose: str) -> PatientRef:
    """The synthetic identity that is reserved for `purpose` in `municipality`; the same every time.

    A person in the synthetic series can by construction be no real resident.
    """
    seed = hashlib.sha256(f"{municipality}/{purpose}".encode()).digest()
    start = int.from_bytes(seed[:4], "big")
    for attempt in range(1_000):
        chosen = (start + attempt * 7_919) % (28 * 12 * 60 * 500)
        rest, individual = divmod(chosen, 500)
        rest, year = divmod(rest, 60)
        month, day = divmod(rest, 28)
        first = f"{day + 1:02}{month % 12 + 81:02}{year + 30:02}{individual:03}"
        if digits := check_digits(first):
            return PatientRef(IDENTITY_NUMBER, first + digits)
    raise AssertionError("one number in five has no check digits; a thousand in a row cannot")


def is_reserved(patient: PatientRef) -> bool:
    """Whether `patient` is in a synthetic series, so that a test note can hurt nobody."""
    return number_kind(patient.value) is NumberKind.SYNTHETIC
