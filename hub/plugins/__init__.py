"""Finds the parts that can be added by adding one file: devices, connectors, EPJ adapters, price models.

A part is a module attribute with an agreed name (`ADAPTER`, `DEVICE`, `CONNECTOR`, `MODEL`) and a `name` of its
own. Ours are found by looking through a package, other people's by entry point.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from hub.model.errors import ConfigurationError, ConfigurationFault


@dataclass(frozen=True, slots=True)
class Family:
    """Where the parts of one kind are found: our package, the attribute's name, the entry-point group."""

    package: str
    attribute: str
    group: str


EPJ_ADAPTERS = Family("epj_adapter", "ADAPTER", "knutepunkt.epj_adapters")
DEVICES = Family("devices_sim", "DEVICE", "knutepunkt.devices")
CONNECTORS = Family("connectors", "CONNECTOR", "knutepunkt.connectors")
PRICE_MODELS = Family("hub.metering.price_models", "MODEL", "knutepunkt.price_models")


def discover(family: Family) -> dict[str, Any]:
    """Every part of `family` by its `name`. Two parts with one name are a ConfigurationError."""
    found: dict[str, Any] = {}
    for part in (*_scanned(family), *(e.load() for e in entry_points(group=family.group))):
        if found.setdefault(part.name, part) is not part:
            fault = ConfigurationFault(0, family.group, f"to deler heter {part.name!r}")
            raise ConfigurationError([fault])
    return found


def _scanned(family: Family) -> list[Any]:
    package = importlib.import_module(family.package)
    modules = (importlib.import_module(f"{family.package}.{m.name}") for m in pkgutil.iter_modules(package.__path__))
    return [getattr(module, family.attribute) for module in modules if hasattr(module, family.attribute)]
