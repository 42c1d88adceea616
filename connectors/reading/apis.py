"""The four national APIs as one client is let into them, made from a connector's settings."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from connectors.helseid import HelseId
from connectors.http.line import HttpLine
from connectors.reading.asking import Asker
from connectors.reading.jft import JftReader
from connectors.reading.pit import PitClient
from connectors.reading.pmd import PmdClient
from connectors.reading.vkp import VkpReader
from connectors.settings import ConnectorSettings
from connectors.timing import SystemTimer, Timer
from connectors.transport.http import SignIn, Unsigned


@dataclass(slots=True)
class NationalApis:
    """`async with` opens the line that the APIs share; one that the settings give no address for is None."""

    line: HttpLine
    vkp: VkpReader | None = None
    jft: JftReader | None = None
    pit: PitClient | None = None
    pmd: PmdClient | None = None
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(self.line)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.__aexit__(kind, error, trace)


def apis_of(settings: ConnectorSettings, timer: Timer | None = None, *, sign_in: SignIn | None = None) -> NationalApis:
    """The APIs in the settings' `[apis]`, signed in as `[helseid]` says, or by `sign_in`.

    Raises OSError, ValueError or ConfigurationError when a key or certificate can't be used.
    """
    timer = timer or SystemTimer()
    at = settings.apis
    line = HttpLine(timeout_s=settings.timeout_s, tls=settings.tls.tls().context() if settings.tls else None)
    signed_in = sign_in or sign_in_of(settings, timer)

    def asker() -> Asker:  # one for each: when one API asks for a pause, the others don't wait
        return Asker(line, timer, signed_in)

    return NationalApis(
        line,
        vkp=VkpReader(at.vkp, asker(), municipality=settings.municipality, service_codes=settings.service_codes)
        if at.vkp
        else None,
        jft=JftReader(at.jft, asker(), reads_by=at.jft_reads_by) if at.jft else None,
        pit=PitClient(at.pit, asker()) if at.pit else None,
        pmd=PmdClient(at.pmd, asker(), bundle_type=at.pmd_bundle_type) if at.pmd else None,
    )


def sign_in_of(settings: ConnectorSettings, timer: Timer) -> SignIn:
    """How the settings sign in: with HelseID, or not at all."""
    return HelseId(settings.helseid.client(), clock=timer) if settings.helseid else Unsigned()
