"""What tests may need besides Python: where each thing is looked for, and the word for it when it is not there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"


def program(name: str) -> str | None:
    """Where the program `name` is, also in the folders that only administrators have in their PATH."""
    return shutil.which(name) or shutil.which(name, path=_SYSTEM_PATH)


def postgresql_program(name: str) -> Path | None:
    """The newest installed PostgreSQL's program `name`; Debian keeps them outside the PATH."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[-3]))
    found = program(name)
    return kept[-1] if kept else Path(found) if found else None


def standards() -> Path | None:
    """The published VKP conformance resources that lie beside the repository in some workplaces."""
    folder = ROOT.parent / "shared" / "standards" / "vkp-r4"
    return folder if folder.is_dir() else None


def _browser() -> bool:
    return program("chromedriver") is not None and any(map(program, ("chromium", "chromium-browser", "google-chrome")))


def _node() -> bool:
    client = ROOT / "tests" / "token_service" / "node" / "node_modules" / "oauth4webapi"
    return program("node") is not None and client.is_dir()


def _axe() -> bool:
    return (ROOT / "tests" / "console" / "node" / "node_modules" / "axe-core" / "axe.min.js").is_file()


_PRESENT: dict[str, Callable[[], bool]] = {
    "axe": _axe,
    "browser": _browser,
    "mosquitto": lambda: program("mosquitto") is not None and program("mosquitto_passwd") is not None,
    "node": _node,
    "postgresql": lambda: postgresql_program("initdb") is not None,
    "standards": lambda: standards() is not None,
}


def is_present(name: str) -> bool:
    """Whether the optional thing `name` is here. Raises KeyError for a name that is none."""
    return _PRESENT[name]()
