"""Finds the parts that can be added by adding one file: devices, connectors, EPJ adapters, price models.

A part is a module attribute with an agreed name (`ADAPTER`, `DEVICE`, `CONNECTOR`, `MODEL`) and a `name` of its
own. Ours are found by looking through a package, other people's by entry point.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoints, entry_points
from pathlib import Path
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
    installed = _installed(family.group, tuple((folder, _changed_at(folder)) for folder in sys.path))
    for part in (*_scanned(family), *(e.load() for e in installed)):
        if found.setdefault(part.name, part) is not part:
            fault = ConfigurationFault(0, family.group, f"to deler heter {part.name!r}")
            raise ConfigurationError([fault])
    return found


def _scanned(family: Family) -> list[Any]:
    package = importlib.import_module(family.package)
    modules = (importlib.import_module(f"{family.package}.{m.name}") for m in pkgutil.iter_modules(package.__path__))
    return [getattr(module, family.attribute) for module in modules if hasattr(module, family.attribute)]


@lru_cache(maxsize=8)
def _installed(group: str, folders: tuple[tuple[str, int], ...]) -> EntryPoints:
    """What the packages in `folders` declare; read anew when a folder has changed, since reading takes ten ms."""
    return entry_points(group=group)


def _changed_at(folder: str) -> int:
    """When something was last put into `folder`, in nanoseconds; 0 when there is no such folder."""
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return 0
