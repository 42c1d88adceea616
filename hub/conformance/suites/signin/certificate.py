"""Certificates: whom a system talks to before it says anything, and how it shows who it is itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from connectors.testing.driving import TlsFiles
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.national.certificates import CertificateFault
from hub.conformance.plan import Group
from hub.conformance.suites.signin._doing import Work, working
from hub.conformance.suites.signin._server import ChangingServer, OldServer, old_tls_works
from hub.conformance.verdicts import Skipped, both, expect

GROUP = Group("signin", "certificate", both("Sertifikater", "Certificates"), ("connector", "api-client"), place=60)
_WAYS = ("mqtt", "jft")
_FAULTS: dict[CertificateFault, tuple[str, str, str]] = {
    "unknown_issuer": ("TLS-2", "Ukjent utsteder", "Unknown issuer"),
    "wrong_name": ("TLS-3", "Galt navn", "Wrong name"),
    "expired": ("TLS-4", "Utløpt", "Expired"),
    "not_yet_valid": ("TLS-5", "Ikke gyldig ennå", "Not yet valid"),
    "self_signed": ("TLS-6", "Selvsignert", "Self-signed"),
}
_TIME_TO_TRY_S = 2.0
#: Nothing stands in the way, so that nothing needs to be tried again.
_AT_ONCE_S = 8.0


@GROUP.test("right", "TLS-1", both("Riktig sertifikat: levert", "A right certificate: delivered"), ways=_WAYS)
async def right(bench: ConnectorBench) -> None:
    """A server whose certificate is as it should be is talked to."""
    async with working(bench, (bench.way,), server=bench.issuer.server()) as work:
        await work.do_something()
        await work.expect_done(within_s=_AT_ONCE_S)


async def _faulty(bench: ConnectorBench, fault: CertificateFault) -> None:
    server = ChangingServer.of(bench.issuer.server(fault))
    async with working(bench, (bench.way,), server=server) as work:
        await _expect_nothing_said(work, then=lambda: server.show(bench.issuer.server()))


def _register_faults() -> None:
    for fault, (requirement, nb, en) in _FAULTS.items():

        async def run(bench: ConnectorBench, fault: CertificateFault = fault) -> None:
            """Nothing is said to such a server; when it shows a right certificate, everything is delivered."""
            await _faulty(bench, fault)

        GROUP.test(
            fault.replace("_", "-"), requirement, both(f"{nb}: ingenting sendes", f"{en}: nothing is sent"), ways=_WAYS
        )(run)


_register_faults()


@GROUP.test("old-tls", "TLS-7", both("TLS 1.1: ingenting sendes", "TLS 1.1: nothing is sent"), ways=_WAYS)
async def old_tls(bench: ConnectorBench) -> None:
    """Nothing is said to a server that speaks no TLS of today."""
    server = OldServer.of(bench.issuer.server())
    if not old_tls_works(OldServer.of(bench.issuer.server())):
        raise Skipped(both("denne maskinen kan ikke TLS 1.1", "this machine can't speak TLS 1.1"))
    async with working(bench, (bench.way,), server=server) as work:
        await _expect_nothing_said(work, then=server.renewed)


@GROUP.test("client", "TLS-8", both("Klientsertifikatet vises", "The client's certificate is shown"), ways=_WAYS)
async def client(bench: ConnectorBench) -> None:
    """A server that asks who is there gets the certificate that the system was given."""
    server = bench.issuer.server(clients_of=bench.issuer)
    pair = bench.issuer.client("Acme_Alarm_Testvik")
    tls = TlsFiles(ca=server.trusted_pem, certificate=pair.certificate, key=pair.key)
    async with working(bench, (bench.way,), server=server, tls=tls) as work:
        await work.do_something()
        await work.expect_done(within_s=_AT_ONCE_S)


async def _expect_nothing_said(work: Work, *, then: Callable[[], None]) -> None:
    """Nothing comes in while the server isn't to be trusted; `then` it is, and what waited is delivered once."""
    async with work.doing():
        await asyncio.sleep(_TIME_TO_TRY_S)
        said = len(work.lane.heard.requests) + len(work.lane.heard.packets)
        then()
    expect(
        said == 0,
        expected=both("ingenting sendes til en slik tjener", "nothing is sent to such a server"),
        seen=both(f"{said} forespørsler eller pakker kom inn", f"{said} requests or packets came in"),
    )
    await work.expect_done()
