"""Parts of others' packages are found by entry point, also those that come while we run."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.model.errors import ConfigurationError
from hub.plugins import PRICE_MODELS, discover


def installed(folder: Path, name: str) -> None:
    """A package with one price model called `name`, as an installer would leave it in `folder`."""
    (folder / f"their_{name}.py").write_text(f"class Model:\n    name = {name!r}\n\nMODEL = Model()\n")
    about = folder / f"their_{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: their_{name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{PRICE_MODELS.group}]\n{name} = their_{name}:MODEL\n")


def test_a_package_that_is_installed_while_we_run_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = discover(PRICE_MODELS)
    monkeypatch.syspath_prepend(tmp_path)
    assert discover(PRICE_MODELS) == before
    installed(tmp_path, "barter")
    assert discover(PRICE_MODELS).keys() == before.keys() | {"barter"}
    installed(tmp_path, "salt")
    assert discover(PRICE_MODELS).keys() == before.keys() | {"barter", "salt"}


def test_it_is_gone_with_its_folder_and_may_not_take_our_parts_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as there:
        there.syspath_prepend(tmp_path)
        installed(tmp_path, "tiers")
        with pytest.raises(ConfigurationError, match="tiers"):
            discover(PRICE_MODELS)
    assert "tiers" in discover(PRICE_MODELS)
