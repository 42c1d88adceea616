"""For modules whose tests can share one hub, one session and one token (the fixtures `one_…`)."""

import pytest

on_one_loop = pytest.mark.asyncio(loop_scope="module")
