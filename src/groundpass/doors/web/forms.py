"""How forms look: label, hint, error and control, as govuk-frontend draws them; an error summary above.

Every form of every page goes through `Renderer`, allauth's included: one field template, `field.html`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input
from django.utils.functional import cached_property

from groundpass.doors.web.sentences import said

if TYPE_CHECKING:
    from django.http import QueryDict

    from groundpass.kernel.core.errors import GroundpassError

CLASSES: Final[dict[type[forms.Widget], str]] = {
    forms.Select: "govuk-select",
    forms.Textarea: "govuk-textarea",
    forms.FileInput: "gp-file",
    forms.CheckboxInput: "govuk-checkboxes__input",
    forms.RadioSelect: "govuk-radios__input",
    Input: "govuk-input",
}


class Renderer(TemplatesSetting):
    """Renders forms and fields by our templates."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"


class Form(forms.Form):
    """A form of ours. `errors_of` puts a refusal from below a door beside the field that it is about."""

    required_css_class: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        # Browsers' own bubbles are not translated by us and not read by the error summary.
        kwargs.setdefault("use_required_attribute", False)
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    @cached_property
    def suggestions(self) -> dict[str, str]:
        """Likely fixes by field; shown as a button beside the field, and never applied unasked."""
        return {}

    def refuse(self, error: GroundpassError, field: str | None = None) -> None:
        """Show a refusal at a field, or above the form; keep the likely fix where it has one."""
        self.add_error(field, said(error))
        suggestion = getattr(error, "suggestion", None)
        if field and suggestion:
            self.suggestions[field] = suggestion


def accepted(data: QueryDict) -> QueryDict:
    """Put in the suggestion that a person took by its button: `accept` is `field=value`."""
    field, found, value = data.get("accept", "").partition("=")
    if not found:
        return data
    changed = data.copy()
    changed[field] = value
    return changed


def css_class(field: forms.BoundField) -> str:
    """Give the class of a field's control; of its kind first, then of an error."""
    widget = field.field.widget
    kind = next((css for known, css in CLASSES.items() if isinstance(widget, known)), "govuk-input")
    wanted = f"{kind} {widget.attrs.get('class', '')}".strip()
    return f"{wanted} {kind}--error" if field.errors and kind != "gp-file" else wanted
