"""The hub's process: `python -m hub.app.process ORDERS`. Ends with status 3 when the store fails."""

from __future__ import annotations

import gc
import logging
import sys
from pathlib import Path

from hub.model.errors import StoreUnavailable

log = logging.getLogger(__name__)

STORE_FAILED = 3


def main() -> None:
    """Run by the orders in the file that is the first argument.

    The parts' thousand modules come in while the collector rests: hardly anything that is loaded is ever garbage,
    and the searches for it took a tenth of the start. `hub.app.life` sets the collector to work again.
    """
    gc.disable()
    import uvloop

    from hub.app.life import run
    from hub.app.logs import set_up_logs
    from hub.app.orders import Orders

    set_up_logs()
    orders = Orders.load(Path(sys.argv[1]))
    try:
        uvloop.run(run(orders))
    except* StoreUnavailable as failures:
        log.critical("the store failed; stopping so that nothing is acknowledged: %s", failures.exceptions[0])
        sys.exit(STORE_FAILED)
    except* Exception as failures:
        # Through the log, which blots out what must not be seen.
        log.critical("the hub stumbled and stops", exc_info=failures)
        sys.exit(1)


if __name__ == "__main__":
    main()
