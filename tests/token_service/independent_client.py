"""Runs the independent Node client against any token service and JFT; skips with a word where it can't."""

import asyncio
import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).with_name("node")
needs_node = pytest.mark.needs("node")


async def run_independent_client(**asked):
    """What the client tells that it did. `asked`: issuer, client_id, private_jwk, scope, write, read, message."""
    process = await asyncio.create_subprocess_exec(
        "node",
        "client.mjs",
        cwd=FOLDER,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(json.dumps(asked).encode()), 30)
    assert process.returncode == 0, err.decode()
    return json.loads(out)
