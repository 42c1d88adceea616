"""The vocabulary of the hub: values and ports that every other room speaks in.

Ground floor. Imports the standard library and pydantic, nothing else.
"""
