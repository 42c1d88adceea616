"""A whole playing: opens the target, plays a run or a file to it, writes the answer key, and says how it went."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from devices_sim.answer_key import Scribe
from devices_sim.answer_key_file import AnswerKeyFile
from devices_sim.emission import Emission
from devices_sim.ndjson import read_emissions
from devices_sim.playing.live import LiveView
from devices_sim.playing.pace import Pace, parse_speed
from devices_sim.playing.player import Player, Progress, collector_at_rest
from devices_sim.simulation import OVER_AFTER, Run, simulated
from devices_sim.targets.target import Tally, Target
from hub.model.errors import ConfigurationError, ConfigurationFault


@dataclass(frozen=True, slots=True)
class Where:
    """A target's address (`mqtt://`, `mqtts://`, `http://`, `https://`, `file:`) and what is needed to get in.

    A broker knows one connection by each `client_id`: two runs at once need two of them.
    """

    address: str
    client_id: str = "knutepunkt-devices"
    mqtt_version: int = 4
    retry_after_s: float = 30.0
    token: str | None = None
    dpop_key: Path | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What to play: a run, or a file to replay; how fast, how much, and where the answer key goes."""

    where: Where
    run: Run | None
    replay: Path | None = None
    speed: str = "max"
    limit: int | None = None
    answer_key: Path | None = None


async def play(order: Order, titles: dict[str, str]) -> str:
    """Play it and tell in Norwegian how it went. `titles` are the device types' names for people."""
    pace = Pace(parse_speed(order.speed))
    _check_files(order)
    async with AsyncExitStack() as stack:
        scribe, key_file = _writers(order, stack)
        target = await opened(order.where, _senders(order.run))
        stack.push_async_callback(target.aclose)
        view = LiveView(titles, target.tally)
        stack.enter_context(collector_at_rest())
        stack.enter_context(view.shown())
        over_after = order.run.over_after if order.run else OVER_AFTER
        player = Player(target, pace, scribe, key_file, order.limit, view, over_after)
        progress = await player.play(_emissions(order))
    return summary(progress, target.tally)


def _check_files(order: Order) -> None:
    """Raises ConfigurationError where a file that is to be read is none, or is about to be written over."""
    if order.replay is not None and not order.replay.is_file():
        raise ConfigurationError([ConfigurationFault(0, "--replay", f"{order.replay} finnes ikke, eller er ingen fil")])
    written = _file(order.where.address)
    for option, path in (("--replay", order.replay), ("--answer-key", order.answer_key)):
        if path is not None and written is not None and path.resolve() == written.resolve():
            raise ConfigurationError([ConfigurationFault(0, option, "kan ikke være den samme filen som --target")])


def _file(address: str) -> Path | None:
    """The file of a target, None for any other."""
    path = address.removeprefix("file://").removeprefix("file:")
    return Path(path) if path != address and path != "-" else None


def _emissions(order: Order) -> Iterable[Emission]:
    if order.replay is not None:
        return read_emissions(order.replay)
    assert order.run is not None
    return simulated(order.run)


def _writers(order: Order, stack: AsyncExitStack) -> tuple[Scribe | None, AnswerKeyFile | None]:
    if order.answer_key is None:
        return None, None
    if order.run is None:
        text = "en fil vet ikke hva som er sant; bruk fasiten fra kjøringen som laget den"
        raise ConfigurationError([ConfigurationFault(0, "--answer-key", text)])
    scribe, run = Scribe(), order.run
    about = {"seed": run.seed, "scenario": run.scenario.name, "start": run.start, "end": run.end}
    return scribe, stack.enter_context(AnswerKeyFile(order.answer_key, scribe, about))


def _senders(run: Run | None) -> tuple[tuple[str, str], ...]:
    """All (organisation number, sender) of a run; of a replayed file any."""
    if run is None:
        return (("+", "+"),)
    towns = run.world.population.towns
    return tuple((town.organisation_number, sender) for town in towns for sender in town.senders)


async def opened(where: Where, senders: tuple[tuple[str, str], ...]) -> Target:
    """The target at an address. Raises ConfigurationError on an address of no kind that is known."""
    scheme = _scheme(where.address)
    if scheme == "file":
        from devices_sim.targets.file import FileTarget

        return FileTarget(where.address.removeprefix("file://").removeprefix("file:"))
    if scheme in {"mqtt", "mqtts"}:
        from devices_sim.targets.mqtt import MqttSettings, MqttTarget

        settings = MqttSettings(
            where.address,
            senders,
            version=where.mqtt_version,
            client_id=where.client_id,
            retry_after_s=where.retry_after_s,
        )
        return await MqttTarget.open(settings)
    if scheme in {"http", "https"}:
        from devices_sim.targets.http import HttpSettings, HttpTarget

        return HttpTarget(HttpSettings(where.address, _authoriser(where)))
    raise ConfigurationError([ConfigurationFault(0, "--target", "må begynne med mqtt://, http:// eller file:")])


def _scheme(address: str) -> str:
    """How an address begins. Raises ConfigurationError on a port that is none, and where a host is missing."""
    try:
        parts = urlsplit(address)
        is_whole = parts.port != 0 and (parts.hostname or not parts.scheme.startswith(("mqtt", "http")))
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ConfigurationError([ConfigurationFault(0, "--target", "mangler vert, eller har en port som ikke finnes")])
    return parts.scheme


def _authoriser(where: Where) -> Callable[[str, str], dict[str, str]]:
    if where.token is None:
        return lambda method, address: {}
    if where.dpop_key is None:
        bearer = {"Authorization": f"Bearer {where.token}"}
        return lambda method, address: bearer
    from devices_sim.targets.dpop import Proofs

    return Proofs(where.dpop_key, where.token).headers


def summary(progress: Progress, tally: Tally) -> str:
    """What was sent and what came back, in Norwegian."""
    lines = [f"Sendt: {progress.events} hendelser og {progress.statuses} statusmeldinger."]
    if progress.lost:
        lines.append(f"Tapt på veien med vilje: {progress.lost}.")
    if tally.receipts:
        lines.append(
            "Kvittert: " + ", ".join(f"{code} {count}" for code, count in sorted(tally.receipts.items())) + "."
        )
    if tally.retried or tally.given_up:
        lines.append(f"Sendt på nytt: {tally.retried}. Gitt opp: {tally.given_up}.")
    return "\n".join(lines)
