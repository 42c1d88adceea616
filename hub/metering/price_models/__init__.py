"""The price models, one file each. A file with a `MODEL` is a model; `hub.plugins` finds it."""
