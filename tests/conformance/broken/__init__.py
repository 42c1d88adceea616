"""Connectors with one fault each, and the tests that are meant to catch them."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from dataclasses import dataclass

from connectors.vendor import VendorConnector


@dataclass(frozen=True, slots=True)
class Broken:
    """A connector with one fault (said in a few words), and the ids of the tests that must fail because of it."""

    kind: type[VendorConnector]
    fault: str
    caught_by: tuple[str, ...]
    plan: str = "connector"

    @property
    def name(self) -> str:
        return self.kind.__name__


def all_broken() -> tuple[Broken, ...]:
    """Every broken connector: `BROKEN` of each module of this package."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    found = tuple(broken for module in modules for broken in getattr(module, "BROKEN", ()))
    names = Counter(broken.name for broken in found)
    assert max(names.values()) == 1, f"the kit knows a product by its class's name alone: {names.most_common(3)}"
    return found
