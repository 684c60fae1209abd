"""Measures one peer, run by the interpreter of the environment in which it is installed."""

import argparse
from importlib import import_module

from benchmarks.figures import as_json

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("adapter")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    adapter = import_module(f"benchmarks.peers.{asked.adapter}")
    print(as_json(adapter.figures(quick=asked.quick)))
