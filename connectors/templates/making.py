"""Makes a project from the template: names, files, and nothing that is there already."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_PERSON = "07885132000"  # synthetic: 80 is added to the month
#: Words by the shape of their letters (U large, l small, d digit), so that every alphabet's letters count as such.
_WORDS = re.compile(r"U+(?!l)|U?l+|d+")
#: Letters that are no plain letter with a mark; those lose the mark.
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "Æ": "Ae", "Ø": "O", "ß": "ss", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"})


@dataclass(frozen=True, slots=True)
class ProjectNames:
    """What a project and its parts are called, made from the name that a person gave."""

    title: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, name: str) -> ProjectNames:
        """The names for `name`. Raises ValueError when there is no letter (of a to z, æ, ø, å, é …) to begin with."""
        title = " ".join("".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", name)).split())
        shape = "".join(_shape(c) for c in title)
        words = tuple(filter(None, (_ascii(title[slice(*found.span())]) for found in _WORDS.finditer(shape))))
        if not words or not words[0][0].isalpha():
            raise ValueError("et navn må begynne med en bokstav")
        return cls(title, words)

    @property
    def folder(self) -> str:
        """The folder that is made where none is named."""
        return re.sub(r"[\s/\\]+", "-", self.title.lower())

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
            "title_in_quotes": self.title.replace("\\", "\\\\").replace('"', '\\"'),  # in Python's as in TOML's
            "name": self.name,
            "module": self.module,
            "class": self.class_name,
            "project": self.module.replace("_", "-"),
            "sender": "Acme_Alarm_Testvik",
            "person": _PERSON,
        }
        return re.sub(r"\{\{(\w+)\}\}", lambda found: named[found[1]], text)


def _shape(letter: str) -> str:
    if letter.isdecimal():
        return "d"
    if not letter.isalpha():
        return " "
    return "U" if letter.isupper() else "l"


def _ascii(word: str) -> str:
    """`word` with letters that any file name and any Python can hold."""
    return unicodedata.normalize("NFKD", word.translate(_LETTERS)).encode("ascii", "ignore").decode()


def make_project(name: str, folder: Path) -> ProjectNames:
    """Make a project for `name` in `folder`. Raises FileExistsError when something is there, ValueError."""
    names = ProjectNames.of(name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
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
