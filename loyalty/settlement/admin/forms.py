"""What an operator says to import a file of orders."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from config.kernel.errors import DomainError
from loyalty.settlement.importing import mapping as mappings
from loyalty.settlement.importing.mapping import Mapping
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Storefront


class ImportForm(forms.Form):
    """A file of order lines and what to make of it."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy("CSV, CSV.gz or Parquet, one line for each line of an order."),
    )
    storefront = forms.ChoiceField(
        label=gettext_lazy("Storefront"), choices=list, widget=UnfoldAdminSelectWidget
    )
    mapping = forms.FileField(
        label=gettext_lazy("Mapping of columns"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy(
            "A .toml or .json file that says which column means what."
            " Empty: the columns of UCI Online Retail."
        ),
    )
    shift_to = forms.DateField(
        label=gettext_lazy("Move the newest line to"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        help_text=gettext_lazy("Moves all dates by whole days. Empty: dates stay as they are."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = [
            (shop.code, f"{shop.name} ({shop.code})")
            for programme in programmes_selectors.list_programmes()
            for shop in programmes_selectors.list_storefronts(programme.id)
        ]
        self.fields["storefront"].choices = shops  # type: ignore[attr-defined]

    def clean_storefront(self) -> Storefront:
        """Return the storefront that is chosen."""
        found = programmes_selectors.find_storefront(self.cleaned_data["storefront"])
        if found is None:
            raise forms.ValidationError(_("This storefront is gone."))
        return found

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse what is too large to be taken while someone waits."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > settings.IMPORT_UPLOAD_LIMIT:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB; use the command import_orders.")
                % {"limit": settings.IMPORT_UPLOAD_LIMIT // 1024 // 1024}
            )
        return file

    def clean_mapping(self) -> Mapping:
        """Read the mapping; what is wrong with it is said at its field."""
        given = self.cleaned_data["mapping"]
        if not given:
            return mappings.load(mappings.DEFAULT)
        with tempfile.TemporaryDirectory(prefix="mapping-") as folder:
            path = Path(folder) / ("mapping.json" if given.name.endswith(".json") else "m.toml")
            path.write_bytes(given.read(1 << 20))
            try:
                return mappings.load(path)
            except (DomainError, UnicodeDecodeError) as wrong:
                raise forms.ValidationError(str(wrong)) from wrong
