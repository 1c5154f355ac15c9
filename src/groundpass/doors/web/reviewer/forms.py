"""Forms of the reviewer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from groundpass.doors.web.forms import Form


class RefusalForm(Form):
    """Why an application is refused."""

    reason = forms.CharField(
        label=_("Why it is refused"),
        help_text=_("The holder is told this sentence."),
        max_length=500,
        error_messages={"required": _("Say why, in a sentence.")},
    )
