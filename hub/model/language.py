"""A text in both languages, for what people read in either."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Language(StrEnum):
    """The languages that a reader can choose between; Norwegian bokmål is the first."""

    NB = "nb"
    EN = "en"


class Frozen(BaseModel):
    """A value that is read from a file or kept in the store: frozen, and a key that it does not know is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Frozen):
    """The same said in Norwegian and in English."""

    nb: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def said(self, language: Language) -> str:
        """The text in `language`."""
        return self.en if language is Language.EN else self.nb


def same(text: str) -> Text:
    """A text that needs no translation: a name, a number, a line of a note."""
    return Text(nb=text, en=text)
