"""An import-linter contract: other apps see an app through its public modules alone.

The story: of the Django houses we looked at, none whose boundaries rested on convention
kept them. A model imported across apps is a table that two apps write; so the rule is
deny by default, and `services`, `selectors`, `events`, `types` and `errors` are the doors.
"""

from __future__ import annotations

from typing import Any, cast

from importlinter import Contract, ContractCheck, fields, output


class FacadeContract(Contract):
    """Forbid direct imports of an app's private modules from outside the app."""

    apps = fields.ListField(subfield=fields.StringField())
    public = fields.SetField(subfield=fields.StringField())
    composition_roots = fields.ListField(subfield=fields.StringField(), required=False)
    open_to_roots = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: Any, verbose: bool) -> ContractCheck:
        breaches = [
            f"{importer} imports {imported}"
            for imported in sorted(graph.modules)
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if self._is_breach(importer, imported)
        ]
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for breach in check.metadata["breaches"]:
            output.print_error(breach)

    def _is_breach(self, importer: str, imported: str) -> bool:
        app, door = self._app_and_door(imported)
        if app is None or self._app_and_door(importer)[0] == app:
            return False
        allowed = set(cast("set[str]", self.public))
        if any(importer == root or importer.startswith(f"{root}.") for root in self._roots()):
            allowed |= set(cast("set[str]", self.open_to_roots or set()))
        return door not in allowed

    def _roots(self) -> list[str]:
        return [str(root) for root in cast("list[str]", self.composition_roots or [])]

    def _app_and_door(self, module: str) -> tuple[str | None, str]:
        """Return the app a module belongs to (the most nested) and the part below it."""
        apps = cast("list[str]", self.apps)
        owners = [a for a in apps if module == a or module.startswith(f"{a}.")]
        if not owners:
            return None, ""
        app = max(owners, key=len)
        return app, module[len(app) + 1 :].split(".")[0]
