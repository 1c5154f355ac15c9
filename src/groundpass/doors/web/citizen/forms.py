"""The one box of the self-check."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from groundpass.doors.web.forms import Form


class CheckForm(Form):
    """A terminal's number, as people type it."""

    terminal = forms.CharField(
        label=_("The number of your terminal"),
        help_text=_(
            "The UTID from the operator's app, such as ut01000000-00000000-00c326fa, "
            "or the KIT number on the box."
        ),
        max_length=400,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "inputmode": "text",
            }
        ),
        error_messages={"required": _("Type the number of the terminal.")},
    )
