"""The examples' sources as they are: real HTTP, real files, real SIP."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web

from connectors import MemoryTransport
from connectors.alarm_webhook import AlarmWebhookConnector
from connectors.csv_drop_folder import CsvDropFolderConnector
from connectors.dispenser_cloud import DispenserCloudConnector
from connectors.vendor import NotUnderstood, VendorConnector
from hub.model.errors import AccessDenied
from tests.connectors.brokers import free_port

BUTTON = AlarmWebhookConnector.examples[0].payload
SECRET = b"hemmelig"


@asynccontextmanager
async def receiving(
    kind: type[VendorConnector], hub: MemoryTransport, source: dict[str, Any], spool: Path | None = None
) -> AsyncIterator[VendorConnector]:
    async with kind(hub, municipality="314159265", sender="Acme", spool=spool) as connector:
        task = asyncio.create_task(connector.receive(source))
        try:
            yield connector
            if task.done():
                await task
        finally:
            task.cancel()
            await asyncio.wait([task])


async def until(hub: MemoryTransport, how_many: int) -> None:
    async with asyncio.timeout(10):
        while len(hub.received) < how_many:  # noqa: ASYNC110 — the hub in memory has no bell
            await asyncio.sleep(0.01)


class TestWebhook:
    async def post(self, port: int, body: bytes, *, secret: bytes = SECRET, signature: str | None = None) -> int:
        if signature is None:
            signature = hmac.new(secret, body, hashlib.sha256).hexdigest()
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.post(
                        f"http://127.0.0.1:{port}/webhook", data=body, headers={"X-Signature": signature}
                    ) as response:
                        return response.status
                except aiohttp.ClientConnectorError:
                    await asyncio.sleep(0.01)

    async def test_a_signed_post_is_taken_once_however_often_it_comes(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_bytes(SECRET + b"\n")
        hub, port = MemoryTransport(), free_port()
        async with receiving(
            AlarmWebhookConnector, hub, {"port": port, "secret_file": str(tmp_path / "secret")}
        ) as connector:
            assert [await self.post(port, BUTTON) for _ in range(2)] == [202, 202]
            await connector.drained()
            assert await self.post(port, BUTTON, secret=b"feil") == 401
            assert await self.post(port, b"{}") == 422
            for signature in ("", "å", "0" * 64):
                assert await self.post(port, BUTTON, signature=signature) == 401
        assert [m.resource_type for m in hub.received] == ["DetectedIssue"]


class Cloud:
    """The dispenser's cloud: pages by cursor, and answers of other kinds first."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.is_at_its_end = False
        [page, *_] = DispenserCloudConnector.examples
        self.events = json.loads(page.payload)["events"]

    async def page(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Key nøkkel"
        self.asked.append(request.query["after"])
        if self.answers:
            return web.Response(status=self.answers.pop(0), headers={"Retry-After": "0"})
        if self.is_at_its_end:
            return web.json_response({"events": self.events, "next": "4"})
        done = int(request.query["after"] or 0)
        return web.json_response({"events": self.events[done : done + 2], "next": str(done + 2)})


@asynccontextmanager
async def serving(cloud: Cloud) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/v2/events", cloud.page)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class TestPolling:
    def source(self, url: str, folder: Path) -> dict[str, Any]:
        (folder / "key").write_text("nøkkel\n")
        return {"url": url, "key_file": folder / "key", "cursor_file": folder / "cursor", "every_s": 30}

    async def test_every_page_is_read_and_the_cursor_is_where_it_ended(self, tmp_path: Path) -> None:
        hub, cloud = MemoryTransport(), Cloud()
        async with serving(cloud) as url, receiving(DispenserCloudConnector, hub, self.source(url, tmp_path)):
            await until(hub, 3)
        assert cloud.asked[:2] == ["", "2"]
        assert (tmp_path / "cursor").read_text() in {"2", "4", "6"}

    async def test_reading_a_page_again_after_a_kill_registers_nothing_twice(self, tmp_path: Path) -> None:
        hub, cloud = MemoryTransport(), Cloud()
        async with serving(cloud) as url:
            for _ in range(2):
                source = self.source(url, tmp_path)
                async with receiving(DispenserCloudConnector, hub, source, tmp_path / "spool.db"):
                    await until(hub, 3)
                (tmp_path / "cursor").unlink(missing_ok=True)
        assert (len(hub.received), hub.sends) == (3, 3)

    async def test_a_page_that_leads_nowhere_is_asked_for_again_only_after_the_pause(self, tmp_path: Path) -> None:
        hub, cloud = MemoryTransport(), Cloud()
        cloud.is_at_its_end = True
        source = {**self.source("", tmp_path), "every_s": 0.2}
        async with serving(cloud) as url, receiving(DispenserCloudConnector, hub, {**source, "url": url}):
            await until(hub, 3)
            await asyncio.sleep(0.1)
        assert cloud.asked == ["", "4"]

    async def test_a_cloud_that_is_down_is_asked_again(self, tmp_path: Path) -> None:
        hub, cloud = MemoryTransport(), Cloud(503)
        async with serving(cloud) as url, receiving(DispenserCloudConnector, hub, self.source(url, tmp_path)):
            await until(hub, 3)

    async def test_a_refused_key_stops_the_connector_loudly(self, tmp_path: Path) -> None:
        cloud = Cloud(401)
        async with (
            serving(cloud) as url,
            DispenserCloudConnector(MemoryTransport(), municipality="314159265", sender="Acme") as connector,
        ):
            with pytest.raises(AccessDenied):
                await connector.receive(self.source(url, tmp_path))

    async def test_one_bad_event_is_set_aside_and_holds_up_no_other(self, tmp_path: Path) -> None:
        hub, cloud = MemoryTransport(), Cloud()
        cloud.events[0]["patient"] = "ukjent"
        async with (
            serving(cloud) as url,
            receiving(DispenserCloudConnector, hub, self.source(url, tmp_path), tmp_path / "s" / "spool.db"),
        ):
            await until(hub, 2)
        aside = list((tmp_path / "s" / "ikke-forstått").glob("*.melding"))
        assert [orjson.loads(f.read_bytes())["events"][0]["id"] for f in aside] == ["e-1"]
        assert all(f.stat().st_mode & 0o077 == 0 for f in aside)


class TestDropFolder:
    async def test_files_are_taken_whole_or_put_aside_whole(self, tmp_path: Path) -> None:
        [good, *_] = CsvDropFolderConnector.examples
        bad = good.payload.replace(b"71,50", b"tung")
        (tmp_path / "a.csv").write_bytes(good.payload)
        (tmp_path / "b.csv").write_bytes(bad)
        (tmp_path / "c.csv.del").write_bytes(b"not yet")
        hub = MemoryTransport()
        async with receiving(CsvDropFolderConnector, hub, {"folder": str(tmp_path), "every_s": 0.01}):
            async with asyncio.timeout(10):
                while list(tmp_path.glob("*.csv")):  # noqa: ASYNC110 — a folder has no bell
                    await asyncio.sleep(0.01)
            await until(hub, 3)
        assert (tmp_path / "behandlet" / "a.csv").read_bytes() == good.payload
        assert (tmp_path / "avvist" / "b.csv").read_bytes() == bad
        assert (tmp_path / "avvist" / "b.csv.feil.txt").read_text() == "feil på linje 3\n"
        assert (tmp_path / "c.csv.del").exists()
        assert len(hub.received) == 3

    async def test_a_file_that_is_being_written_is_left_until_it_is_whole(self, tmp_path: Path) -> None:
        [good, *_] = CsvDropFolderConnector.examples
        hub = MemoryTransport()
        async with receiving(CsvDropFolderConnector, hub, {"folder": str(tmp_path), "every_s": 0.05}):
            with (tmp_path / "a.csv").open("wb", buffering=0) as file:
                for byte in good.payload:
                    file.write(bytes([byte]))
                    await asyncio.sleep(0.001)
            await until(hub, 3)
        assert (tmp_path / "behandlet" / "a.csv").read_bytes() == good.payload

    async def test_names_are_used_again_and_other_things_in_the_folder_hold_up_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "mappe.csv").mkdir()
        (tmp_path / "borte.csv").symlink_to(tmp_path / "ingensteds")
        async with receiving(CsvDropFolderConnector, MemoryTransport(), {"folder": str(tmp_path), "every_s": 0.01}):
            for text in ("mandag", "tirsdag"):
                (tmp_path / "a.csv").write_text(text)
                async with asyncio.timeout(10):
                    while (tmp_path / "a.csv").exists():  # noqa: ASYNC110 — a folder has no bell
                        await asyncio.sleep(0.01)
        put = tmp_path / "avvist"
        assert [(put / name).read_text() for name in ("a.csv", "a (2).csv")] == ["mandag", "tirsdag"]
        assert (put / "a (2).csv.feil.txt").exists()


def test_lines_at_fault_are_counted_as_an_editor_counts_them() -> None:
    heading, first, *_ = CsvDropFolderConnector.examples[0].payload.decode().splitlines()
    with pytest.raises(NotUnderstood, match=r"linje 4, 5$"):
        CsvDropFolderConnector.translate("\n".join([heading, "", first, f"{first}x", "tull", ""]).encode())


def test_clocks_are_read_in_norwegian_time() -> None:
    events = CsvDropFolderConnector.translate(CsvDropFolderConnector.examples[0].payload)
    assert [e.at for e in events][:1] == [datetime(2025, 3, 3, 7, 15, tzinfo=UTC)]  # type: ignore[union-attr]
