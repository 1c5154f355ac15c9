"""Tags and filters of the pages."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from django import forms, template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from groundpass.doors.web import assets, words
from groundpass.doors.web.forms import css_class
from groundpass.doors.web.sentences import said
from groundpass.kernel.core.ids import show

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from groundpass.kernel.core.errors import GroundpassError

NOTHING: Final = "\N{EN DASH}"  # what a table shows where there is no value

register = template.Library()
register.simple_tag(assets.asset, name="asset")


@register.simple_tag
def control(field: forms.BoundField, **attributes: str) -> SafeString:
    """Draw the control of a field with our classes."""
    named = {name.replace("_", "-"): text for name, text in attributes.items() if text}
    own = {name: value for name, value in field.field.widget.attrs.items() if name != "placeholder"}
    widget = field.field.widget
    widget.attrs = own  # a placeholder says again what the label says, and vanishes when somebody types
    return field.as_widget(attrs={**own, **named, "class": css_class(field)})


@register.filter
def suggestion(field: forms.BoundField) -> str:
    """Give the likely fix of a field, or nothing."""
    known: dict[str, str] = getattr(field.form, "suggestions", {})
    return known.get(field.name, "")


@register.filter
def widget_kind(field: forms.BoundField) -> str:
    """Tell the field template how to lay a field out: "radios", "checkbox", "hidden" or "plain"."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    return "hidden" if widget.is_hidden else "plain"


@register.filter
def moment(value: dt.datetime | int | None) -> SafeString | str:
    """Show a time in the country's zone; an integer is UTC seconds."""
    if value is None:
        return NOTHING
    if isinstance(value, int):
        value = dt.datetime.fromtimestamp(value, tz=dt.UTC)
    local = timezone.localtime(value)
    # E is the month in the genitive, where a language has one: 3 лютого 2026.
    text = date_format(local, _("j E Y, H:i"))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.filter
def iso_moment(value: str) -> SafeString | str:
    """Show a time that is written as ISO 8601; "always" and "never" as words."""
    if value in {"always", "never"}:
        return _("always") if value == "always" else _("without end")
    return moment(dt.datetime.fromisoformat(value))


@register.filter
def count(value: int | None) -> str:
    """Show a whole number with its thousands apart."""
    return NOTHING if value is None else number_format(value, decimal_pos=0, force_grouping=True)


@register.filter
def share(value: float | None) -> str:
    """Show a share as per cent, with enough digits to tell small ones apart from none."""
    if value is None:
        return NOTHING
    digits = 1 if value == 0 or value >= 0.01 else 3  # noqa: PLR2004 - one per cent
    return _("%(number)s %%") % {"number": words.decimal(value * 100, digits)}


@register.filter
def seconds(value: float | None) -> str:
    """Show a span of time in the two largest units that say something."""
    return NOTHING if value is None else words.span(value)


@register.filter
def size(value: int) -> str:
    """Show a number of bytes in kilobytes."""
    return _("%(number)s kB") % {"number": words.decimal(value / 1000, 1)}


@register.filter
def terminal_id(value: Any, scheme: str = "utid") -> SafeString:  # noqa: ANN401 - a template gives what it has
    """Show an identifier as people read it, in letters of one width."""
    return format_html('<span class="gp-code">{}</span>', show(str(value), scheme))


@register.filter
def word(value: object, kind: str) -> str:
    """Say a stored word (a state, a role, an action) in the reader's language."""
    return words.say(kind, str(value))


@register.filter
def sentence(error: GroundpassError) -> SafeString:
    """Say an error in the reader's language."""
    return said(error)
