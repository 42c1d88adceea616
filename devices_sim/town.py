"""A municipality as the simulator sees it: how many receive what, and who sends for it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.model.codes import ServiceCode

#: The groups of recipients, by their key in the table of rates, and VKP's code of their service.
SERVICES = {
    "safety_alarm": ServiceCode.SAFETY_ALARM,
    "digital_supervision": ServiceCode.DIGITAL_SUPERVISION,
    "medication_dispenser": ServiceCode.MEDICATION,
    "location_tracking": ServiceCode.LOCATION,
    "remote_monitoring": ServiceCode.REMOTE_MONITORING,
    "electronic_lock": ServiceCode.SAFETY_ALARM,
    "nurse_call": ServiceCode.DIGITAL_SUPERVISION,
}


@dataclass(frozen=True, slots=True)
class Town:
    """A municipality: number of recipients by service, and its senders.

    `vendor` sends for the devices, `cloud` is the same vendor's cloud, `centre` the response centre. A service
    in `vendors` has a sender of its own. `ages` weighs the age groups of recipients (18-66, 67-79, 80-89, 90 on).
    """

    organisation_number: str
    name: str
    recipients: Mapping[str, int]
    vendor: str
    cloud: str
    centre: str
    vendors: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    ages: tuple[int, int, int, int] = (10, 20, 50, 20)

    def sender(self, service: str) -> str:
        """Who sends for a service's devices."""
        return self.vendors.get(service, self.vendor)

    @property
    def senders(self) -> dict[str, tuple[ServiceCode, ...]]:
        """Every sender with the service codes that it sends for."""
        codes: dict[str, set[ServiceCode]] = {}
        for service, code in SERVICES.items():
            codes.setdefault(self.sender(service), set()).add(code)
        everything = set(SERVICES.values())
        codes.setdefault(self.cloud, set()).update(everything)
        codes.setdefault(self.centre, set()).update(everything | {ServiceCode.RESPONSE})
        return {sender: tuple(sorted(found)) for sender, found in codes.items()}


def town(
    organisation_number: str,
    name: str,
    recipients: Mapping[str, int],
    *,
    number: str = "",
    ages: tuple[int, int, int, int] = (10, 20, 50, 20),
) -> Town:
    """A municipality with senders named after it, as the VKP id is formed: vendor, system, municipality."""
    place = _ascii(name)
    return Town(
        organisation_number,
        name,
        recipients,
        vendor=f"Acme_Alarm_{place}",
        cloud=f"Acme_Sky_{place}",
        centre=f"Respons_Senter_{place}",
        number=number,
        ages=ages,
    )


_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})


def _ascii(name: str) -> str:
    """`name` as it can stand in an identifier: Sør-Varanger becomes Soer_Varanger."""
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    kept = (c if c.isalnum() else "_" for c in plain if not unicodedata.combining(c))
    return "".join(kept).encode("ascii", "ignore").decode()
