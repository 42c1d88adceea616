"""API clients that ask and write in a wrong way."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from connectors.http.exchange import HttpRequest
from connectors.reading import NationalApis, apis_of
from connectors.settings import ConnectorSettings
from connectors.timing import Timer
from tests.conformance.broken._client import (
    Between,
    Client,
    Rewriting,
    broken_client,
    with_body,
    with_header,
)


class AsksInTheAddress(Client):
    class between(Between):
        def asked(self, request: HttpRequest) -> HttpRequest:
            if not request.url.endswith("_search") or request.body is None:
                return request
            return replace(request, url=f"{request.url}?{request.body.decode()}", body=b"")


class SaysThatItsFormIsJson(Client):
    class between(Between):
        def asked(self, request: HttpRequest) -> HttpRequest:
            return with_header(request, "Content-Type", "application/json") if request.body else request


class ForgetsServiceCodes(Client):
    class between(Between):
        def asked(self, request: HttpRequest) -> HttpRequest:
            return with_header(request, "ServiceCodes", None)


class NamesPatientsInOneWay(Client):
    class between(Between):
        def asked(self, request: HttpRequest) -> HttpRequest:
            return with_body(request, r"^identifier=", "patient.identifier=")


class KnowsOneMunicipality(Client):
    class between(Between):
        def asked(self, request: HttpRequest) -> HttpRequest:
            return replace(request, url=re.sub(r"/epj/r4/\d+", "/epj/r4/314159265", request.url))


class LeavesThePeriodOpen(Client):
    class between(Between):
        def asked(self, request: HttpRequest) -> HttpRequest:
            return with_body(request, "&date=le[^&]*", "")


class WantsPagesForPeople(Client):
    class between(Between):
        def asked(self, request: HttpRequest) -> HttpRequest:
            return with_header(request, "Accept", "text/html")


class CutsTimesOff(Client):
    class between(Between):
        def asked(self, request: HttpRequest) -> HttpRequest:
            cut = re.sub(r"(_lastUpdated=gt\d{4}-\d\d-\d\dT\d\d%3A\d\d%3A\d\d)\.\d+", r"\1", request.url)
            return replace(request, url=cut)


class AsksByTheDay(Client):
    class between(Between):
        def asked(self, request: HttpRequest) -> HttpRequest:
            return replace(request, url=re.sub(r"(_lastUpdated=)gt(\d{4}-\d\d-\d\d)[^&]*", r"\1\2", request.url))


class FetchesWhatIsDone(Client):
    class between(Between):
        def asked(self, request: HttpRequest) -> HttpRequest:
            return replace(request, url=re.sub(r"_tag%3Anot=[^&]*", "", request.url))


class TakesAnyCount(Client):
    class between(Between):
        def asked(self, request: HttpRequest) -> HttpRequest:
            return replace(request, url=request.url.replace("_count=50", "_count=51"))


class WritesAscii(Client):
    class between(Between):
        def asked(self, request: HttpRequest) -> HttpRequest:
            return replace(request, body=request.body.decode().encode("ascii", "ignore") if request.body else None)


class WritesBatches(Client):
    @classmethod
    def asking(cls, settings: ConnectorSettings, timer: Timer) -> NationalApis:
        batch = settings.apis.model_copy(update={"pmd_bundle_type": "batch"})
        return apis_of(settings.model_copy(update={"apis": batch}), timer)


class TagsNoMunicipality(Client):
    class between(Rewriting):
        def rewritten(self, bundle: Any) -> None:
            del bundle["meta"]


class IdentifiesNoSending(Client):
    class between(Rewriting):
        def rewritten(self, bundle: Any) -> None:
            del bundle["identifier"]


class GivesMeasurementsOneAddress(Client):
    class between(Rewriting):
        def rewritten(self, bundle: Any) -> None:
            for entry in bundle["entry"]:
                entry["fullUrl"] = "urn:uuid:6e1a4a6e-8c0b-5d0a-9b53-0f2f7c1f0c11"


class RoundsValues(Client):
    class between(Rewriting):
        def rewritten(self, bundle: Any) -> None:
            for entry in bundle["entry"]:
                entry["resource"]["valueQuantity"]["value"] //= 1


BROKEN = (
    broken_client(
        AsksInTheAddress, "puts searches in the address", "vkp.number-not-in-address", "pmd.number-not-in-address"
    ),
    broken_client(SaysThatItsFormIsJson, "calls its form JSON", "vkp.form", "pmd.form"),
    broken_client(ForgetsServiceCodes, "sends no ServiceCodes", "vkp.service-codes"),
    broken_client(NamesPatientsInOneWay, "names patients by patient.identifier always", "vkp.parameters"),
    broken_client(KnowsOneMunicipality, "asks one municipality always", "vkp.address"),
    broken_client(LeavesThePeriodOpen, "forgets the end of the period", "vkp.period"),
    broken_client(WantsPagesForPeople, "accepts HTML only", "vkp.accept"),
    broken_client(CutsTimesOff, "cuts times off at the second", "jft.polling-again"),
    broken_client(AsksByTheDay, "asks for changes by the day", "pit.precise-time"),
    broken_client(FetchesWhatIsDone, "leaves _tag:not out", "jft.waiting"),
    broken_client(TakesAnyCount, "asks for more than a page may hold", "pit.count"),
    broken_client(WritesAscii, "drops Norwegian letters", "pit.write"),
    broken_client(WritesBatches, "writes measurements as a batch", "pmd.bundle"),
    broken_client(TagsNoMunicipality, "tags no municipality", "pmd.municipality"),
    broken_client(IdentifiesNoSending, "identifies no sending", "pmd.identifier"),
    broken_client(GivesMeasurementsOneAddress, "gives all measurements one fullUrl", "pmd.entries"),
    broken_client(RoundsValues, "rounds measured values", "pmd.found-again"),
)
