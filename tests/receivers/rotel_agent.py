"""Prints where rotel's wheel has put the collector."""

import pathlib

import rotel

print(pathlib.Path(rotel.__file__).parent / "rotel-agent")
