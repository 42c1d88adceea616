"""The hub: takes events in, makes each case one journal note, meters the use."""

#: The version of this software, as in pyproject.toml.
VERSION = "0.1.0"
