"""An HTTP server for an application, as a part of a process that has other parts."""

from __future__ import annotations

import contextlib
from typing import Any

import uvicorn


class _Server(uvicorn.Server):
    """uvicorn without its own signals: the process ends as a whole."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]  # uvicorn's own signature
        yield


def http_server(app: Any, *, grace_s: int) -> uvicorn.Server:
    """A server for the ASGI application `app` that gives open streams `grace_s` seconds at its end."""
    return _Server(
        uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=grace_s)
    )
