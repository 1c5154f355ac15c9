"""Forms of an operator's engineer."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from groundpass.doors.web.forms import Form

if TYPE_CHECKING:
    from collections.abc import Iterator


class ReportForm(Form):
    """A signed enforcement report."""

    report = forms.FileField(
        label=_("Signed enforcement report"),
        help_text=_("The file that “groundpass operator report” wrote."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        error_messages={"required": _("Choose the file of the report.")},
    )

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """Give the report as a file, for the time of reading it."""
        with tempfile.NamedTemporaryFile(prefix="groundpass-", suffix=".json") as file:
            for chunk in self.cleaned_data["report"].chunks():
                file.write(chunk)
            file.flush()
            yield Path(file.name)
