"""Asking the national APIs: VKP's look-ups, JFT's events, PIT's patients, PMD's measurements.

    from connectors.reading import apis_of

    async with apis_of(read_settings(Path("connector.toml"))) as apis:
        found = await apis.vkp.patients(patient(number))

Answers are read as they come: unknown elements are kept and ignored. Failures are `AccessDenied`, `Refused`,
`Unreachable` and `OutcomeUnknown` of `hub.model.errors`; what may be asked again is, a few times.
"""

from connectors.reading.apis import NationalApis, apis_of, sign_in_of
from connectors.reading.asking import Asker, Patience
from connectors.reading.jft import JftReader
from connectors.reading.pit import PitClient
from connectors.reading.pmd import Measured, PmdClient
from connectors.reading.searchset import Page, Resource
from connectors.reading.vkp import VkpReader
from connectors.transport.port import Journaling
from hub.model.errors import AccessDenied, OutcomeUnknown, Refused, Unreachable

__all__ = [
    "AccessDenied",
    "Asker",
    "JftReader",
    "Journaling",
    "Measured",
    "NationalApis",
    "OutcomeUnknown",
    "Page",
    "Patience",
    "PitClient",
    "PmdClient",
    "Refused",
    "Resource",
    "Unreachable",
    "VkpReader",
    "apis_of",
    "sign_in_of",
]
