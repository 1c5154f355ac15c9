"""Forms of policy officers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from groundpass.doors.web.forms import Form
from groundpass.doors.web.sentences import said
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.territory.buffers import read_buffer

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

FILE_LIMIT = 32 * 2**20  # bytes of a file with a border
BORDERS = ".geojson,.json,.geojsonl,.wkb,.parquet,application/geo+json"


class TerritoryForm(Form):
    """A file with a border and what is said of it."""

    file = forms.FileField(
        label=_("File with the border"),
        help_text=_(
            "GeoJSON, WKB or GeoParquet: polygons in WGS84, longitude before latitude; at most 32 MB."
        ),
        widget=forms.FileInput(attrs={"accept": BORDERS}),
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
    buffer = forms.CharField(
        label=_("Band or growth (optional)"),
        max_length=100,
        required=False,
        help_text=_(
            "Made of the border by a distance on the ellipsoid: band 50 km inside, band 12 nmi outside, "
            "grow 12 nmi, shrink 5 km."
        ),
    )
    along = forms.FileField(
        label=_("Border that the distance counts from (optional)"),
        required=False,
        help_text=_(
            "Lines or polygons, such as the land border alone. If there is none, the whole border counts."
        ),
        widget=forms.FileInput(attrs={"accept": BORDERS}),
    )
    source = forms.CharField(label=_("Source (optional)"), max_length=500, required=False)
    licence = forms.CharField(label=_("Licence (optional)"), max_length=200, required=False)

    def clean_file(self) -> bytes:
        """Read the file, within its limit."""
        return _content(self.cleaned_data["file"])

    def clean_along(self) -> bytes | None:
        """Read the other file, if there is one."""
        uploaded = self.cleaned_data["along"]
        return _content(uploaded) if uploaded else None

    def clean_buffer(self) -> str:
        """Read what to make, so that a slip is said at its field."""
        text: str = self.cleaned_data["buffer"]
        if text:
            try:
                return read_buffer(text).text
            except BadInput as error:
                raise forms.ValidationError(said(error)) from error
        return ""


def _content(uploaded: UploadedFile[bytes]) -> bytes:
    """The bytes of a file, within its limit."""
    if (uploaded.size or 0) > FILE_LIMIT:
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
