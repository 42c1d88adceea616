"""What tests may need besides Python: where each thing is looked for, and the word for it when it is not there."""

from __future__ import annotations

import os
import shutil
import subprocess
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


def _postgresql() -> bool:
    """PostgreSQL runs for no administrator, who must be able to run it as somebody else."""
    return postgresql_program("initdb") is not None and (os.geteuid() != 0 or program("setpriv") is not None)


def _checkout() -> bool:
    git = program("git")
    return git is not None and subprocess.run([git, "-C", ROOT, "rev-parse"], capture_output=True).returncode == 0


_PRESENT: dict[str, Callable[[], bool]] = {
    "axe": _axe,
    "browser": _browser,
    "checkout": _checkout,
    "curl": lambda: program("curl") is not None,
    "flock": lambda: program("flock") is not None,
    "mosquitto": lambda: program("mosquitto") is not None and program("mosquitto_passwd") is not None,
    "node": _node,
    "openssl": lambda: program("openssl") is not None,
    "pdftotext": lambda: program("pdftotext") is not None,
    "postgresql": _postgresql,
    "standards": lambda: standards() is not None,
}


def is_present(name: str) -> bool:
    """Whether the optional thing `name` is here. Raises KeyError for a name that is none."""
    return _PRESENT[name]()
