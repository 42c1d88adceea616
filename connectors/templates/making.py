"""Makes a project from the template: names, files, and nothing that is there already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_PERSON = "07885132000"  # synthetic: 80 is added to the month
_WORDS = re.compile(r"[A-ZÆØÅ]+(?![a-zæøå])|[A-ZÆØÅ]?[a-zæøå]+|\d+")
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "Ae", "Ø": "O", "Å": "A"})


@dataclass(frozen=True, slots=True)
class ProjectNames:
    """What a project and its parts are called, made from the name that a person gave."""

    title: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, name: str) -> ProjectNames:
        """The names for `name`. Raises ValueError when there is no letter to begin with."""
        words = tuple(word.translate(_LETTERS) for word in _WORDS.findall(name))
        if not words or not words[0][0].isalpha():
            raise ValueError("et navn må begynne med en bokstav")
        return cls(name.strip(), words)

    @property
    def name(self) -> str:
        """The connector's name in the registry."""
        return "_".join(word.lower() for word in self.words)

    @property
    def module(self) -> str:
        """The module that holds the class."""
        return f"{self.name}_connector"

    @property
    def class_name(self) -> str:
        """The class: the words with capitals, and Connector."""
        return "".join(word[0].upper() + word[1:] for word in self.words) + "Connector"

    def fill(self, text: str) -> str:
        """`text` with the names in place of what stands in double braces."""
        named = {
            "title": self.title,
            "name": self.name,
            "module": self.module,
            "class": self.class_name,
            "project": self.module.replace("_", "-"),
            "sender": "Acme_Alarm_Testvik",
            "person": _PERSON,
        }
        return re.sub(r"\{\{(\w+)\}\}", lambda found: named[found[1]], text)


def make_project(name: str, folder: Path) -> ProjectNames:
    """Make a project for `name` in `folder`. Raises FileExistsError when the folder holds anything, ValueError."""
    names = ProjectNames.of(name)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(folder)
    _copy(files("connectors.templates") / "project", folder, names)
    return names


def _copy(template: Traversable, folder: Path, names: ProjectNames) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for item in template.iterdir():
        if item.is_dir():
            _copy(item, folder / item.name, names)
        else:
            target = folder / _target(item.name, names)
            target.write_text(names.fill(item.read_text(encoding="utf-8")), encoding="utf-8")


def _target(name: str, names: ProjectNames) -> str:
    plain = name.removesuffix(".txt")
    if plain == "gitignore":
        return ".gitignore"
    return plain.replace("module.py", f"{names.module}.py")
