"""`make bench`: production-like servers of its own, then every benchmark, then the verdicts.

python -m tests.benchmarks [NAME …] [--seconds 10] [--clients 16] [--lots 1000000] [--list]
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys

from config.launch import keys as keyring
from config.launch import testing
from config.launch.postgres import APP, DURABLE, OWNER
from config.launch.servers import Needs
from tests import benchmarks
from tests.benchmarks.bench import Bench, environment

_NOT_BENCHMARKS = {"__main__", "bench", "report"}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", help="which benchmarks; all by default")
    parser.add_argument("--seconds", type=float, default=10, help="length of each measurement")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--lots", type=int, default=1_000_000, help="lots that `expiry` seeds")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args(arguments)
    known = names()
    if options.list:
        print("\n".join(known))
        return 0
    if unknown := set(options.names) - set(known):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    bench = start(seconds=options.seconds, clients=options.clients, lots=options.lots)
    try:
        for name in options.names or known:
            module = importlib.import_module(f"tests.benchmarks.{name}")
            print(f"{name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
            module.run(bench)
    finally:
        bench.close()
    missed = [figure.what for figure in bench.report.figures if not figure.is_met]
    print(f"{len(bench.report.figures)} figures, {len(missed)} missed", *missed, sep="\n  ")
    return 1 if missed else 0


def names() -> list[str]:
    """Return the benchmarks there are."""
    modules = pkgutil.iter_modules(benchmarks.__path__)
    return sorted(m.name for m in modules if m.name not in _NOT_BENCHMARKS and m.name[0] != "_")


def start(*, seconds: float, clients: int, lots: int) -> Bench:
    """Start durable servers, migrate, and return the surroundings of a run."""
    keys = keyring.generate()
    named = testing.temporary_servers(keys=keys, needs=Needs(True, True), settings=DURABLE)
    # As in production: the application is not the owner.
    named["DATABASE_URL"] = named["DATABASE_OWNER_URL"].replace(
        f"{OWNER}:{keys.owner_password}", f"{APP}:{keys.app_password}"
    )
    surroundings = environment(named, keys.environment())
    bench = Bench(settings=surroundings, seconds=seconds, clients=clients, lots=lots)
    bench.manage("migrate", "--noinput")
    return bench


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
