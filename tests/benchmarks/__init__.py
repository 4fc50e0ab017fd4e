"""Benchmarks beside their yardsticks, on the same machine in the same run (`make bench`).

A benchmark is a module here with a function `run(bench)`; see `bench.py` for what it is given.
"""
