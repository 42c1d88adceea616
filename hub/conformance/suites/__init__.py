"""The tests: a package is a suite (`SUITE`), a module in it a group (`GROUP`)."""
