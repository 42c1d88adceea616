"""What the caller of `up` asked for, held to what is possible before anything is started."""

from __future__ import annotations

from pathlib import Path

from hub.model.errors import ConfigurationError, ConfigurationFault


def usable_directory(wished: Path) -> Path:
    """The data directory, made where it is missing. Raises ConfigurationError where it can't be one."""
    directory = wished.resolve()
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        (directory / "lock").touch()
    except OSError as error:
        fault = ConfigurationFault(0, "data-dir", f"{wished} er ingen mappe som kan skrives i")
        raise ConfigurationError([fault]) from error
    return directory


def check_broker(url: str) -> None:
    """See that `url` is a broker's address. Raises ConfigurationError, without the url, which may hold a password."""
    from hub.mqtt.bridge import BrokerAddress  # slow to import, and needed for a broker of one's own only

    try:
        BrokerAddress.parse(url)
    except ValueError as error:
        fault = ConfigurationFault(0, "broker", "skal være mqtt://VERT:PORT eller mqtts://VERT:PORT")
        raise ConfigurationError([fault]) from error
