"""The header of a message (meldingshode): what the message tells, and from whom.

The published profile also speaks of a `receiver`, which R4 no longer has.
"""

from hub.fhir.profiles import addresses as at
from hub.fhir.rules import Binding, Profile, Row, Slicing

#: The register of health-care organisations' own numbers (HER), as the profile names it.
_HER = "urn:oid:2.16.578.1.12.4.1.2"

MESSAGE_HEADER = Profile(
    at.MESSAGE_HEADER,
    "vkp-messageheader",
    "MessageHeader",
    (
        Row("event[x]", types=("Coding",), binding=Binding("preferred", at.MESSAGE_EVENT_VALUES)),
        Row("sender.identifier.system", fixed=_HER, advice="Oppgi avsender med HER-id."),
        Row("sender", types=("Reference",), targets=("HealthcareService", "Organization", "Practitioner")),
        Row(
            "source.contact",
            slicing=Slicing(("system",), closed=True),
            advice="Oppgi telefon (phone) eller adresse (url) til brukerstøtten.",
        ),
        Row("source.contact:phone.system", fixed="phone"),
        Row("source.contact:videoStreamUrl.system", fixed="url"),
    ),
    title="Meldingshode",
)
