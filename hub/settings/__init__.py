"""The configuration: one TOML file, checked as a whole."""

from hub.settings.loading import EXAMPLE, load, parse
from hub.settings.schema import MunicipalitySettings, RoutingSettings, SenderSettings, Settings

__all__ = ["EXAMPLE", "MunicipalitySettings", "RoutingSettings", "SenderSettings", "Settings", "load", "parse"]
