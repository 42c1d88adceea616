"""A cable that is pulled out is pulled out for those, too, who are just arriving."""

from __future__ import annotations

import asyncio

from hub.app.cable import Cable


async def test_who_arrives_while_the_cable_is_pulled_out_does_not_get_through() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"welcome")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        async with Cable(host, port) as cable:
            reader, writer = await asyncio.open_connection("127.0.0.1", cable.port)
            while not cable.connections:  # noqa: ASYNC110 — the very moment is wanted, before any event is set
                await asyncio.sleep(0)
            cable.unplug()
            try:
                async with asyncio.timeout(5):
                    heard = await reader.read()
            except ConnectionResetError:
                heard = b""
            writer.close()
    assert heard == b""
