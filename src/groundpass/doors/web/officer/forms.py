"""Forms of policy officers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from groundpass.doors.web.forms import Form

FILE_LIMIT = 32 * 2**20  # bytes of a territory's GeoJSON


class TerritoryForm(Form):
    """A GeoJSON file and what is said of it."""

    file = forms.FileField(
        label=_("GeoJSON file"),
        help_text=_("Polygons in WGS84, longitude before latitude; at most 32 MB."),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
    )
    code = forms.SlugField(
        label=_("Code"),
        max_length=64,
        help_text=_(
            "Small Latin letters, digits and dashes, such as ua or border-zone. "
            "A known code gets a new version."
        ),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    precedence = forms.IntegerField(
        label=_("Precedence"),
        initial=0,
        help_text=_("Where territories overlap, the higher number decides."),
    )
    country = forms.RegexField(
        r"^[A-Z]{2}$",
        label=_("Country code (optional)"),
        required=False,
        help_text=_("Two capital letters, only if the territory is the whole country."),
        error_messages={"invalid": _("Write two capital letters, such as UA.")},
    )
    when_uncertain = forms.ChoiceField(
        label=_("A position too vague to tell the side of the border"),
        choices=[
            ("outside", _("counts as outside")),
            ("inside", _("counts as inside")),
            ("majority", _("counts where most of it lies")),
        ],
        initial="outside",
        widget=forms.RadioSelect,
    )
    source = forms.CharField(label=_("Source (optional)"), max_length=500, required=False)
    licence = forms.CharField(label=_("Licence (optional)"), max_length=200, required=False)

    def clean_file(self) -> bytes:
        """Read the file, within its limit."""
        uploaded = self.cleaned_data["file"]
        if uploaded.size > FILE_LIMIT:
            raise forms.ValidationError(_("The file is larger than 32 MB."))
        content: bytes = uploaded.read()
        return content


class ProposalForm(Form):
    """A rule set as YAML."""

    text = forms.CharField(
        label=_("Rule set"),
        help_text=_(
            "YAML: title, territories, rules. What it pins and means is shown before anybody approves it."
        ),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "gp-code"}),
        strip=False,
    )


class ReasonForm(Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
