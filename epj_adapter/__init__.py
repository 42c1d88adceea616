"""Adapters to EPJ systems, one file each."""
