"""The form of the counter. What is checked lies below the door; here is how it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from groundpass.authority.accounts.api import all_rights_of
from groundpass.authority.register import api as register
from groundpass.doors.web.forms import Form
from groundpass.doors.web.sentences import said_parts
from groundpass.doors.web.words import say

if TYPE_CHECKING:
    from groundpass.authority.accounts.api import User

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}
_NUMBER = _PLAIN | {"autocapitalize": "none"}


class RegisterForm(Form):
    """An application: who, which terminal, how it is used, what was shown.

    Every field may be left out here: what is missing, and for which class it is needed, is the register's to
    say, and it says everything at once.
    """

    holder_class = forms.ChoiceField(label=_("Who registers"), widget=forms.RadioSelect, required=False)
    name = forms.CharField(
        label=_("Name"),
        help_text=_("As in the passport, or the full name of the company."),
        required=False,
        widget=forms.TextInput(attrs=_PLAIN),
    )
    tax_id = forms.CharField(
        label=_("Tax number"),
        help_text=_("RNOKPP, ten digits, or the company's EDRPOU, eight digits."),
        required=False,
        widget=forms.TextInput(attrs=_NUMBER | {"inputmode": "numeric", "class": "govuk-input--width-10"}),
    )
    document_type = forms.ChoiceField(label=_("Document shown"), required=False)
    document_last = forms.CharField(
        label=_("Last four characters of the document"),
        help_text=_("Only these are kept."),
        required=False,
        widget=forms.TextInput(attrs=_NUMBER | {"class": "govuk-input--width-5"}),
    )
    sealed_reference = forms.CharField(
        label=_("Sealed reference"),
        help_text=_("From the protected channel; no name and no number of a person."),
        required=False,
        widget=forms.TextInput(attrs=_NUMBER),
    )
    terminal = forms.CharField(
        label=_("UTID of the terminal"),
        help_text=_("From the operator's app, such as ut01000000-00000000-00c326fa."),
        required=False,
        widget=forms.TextInput(attrs=_NUMBER),
    )
    kit = forms.CharField(
        label=_("KIT number (optional)"),
        help_text=_("On the box."),
        required=False,
        widget=forms.TextInput(attrs=_NUMBER),
    )
    usage_class = forms.ChoiceField(label=_("How it is used"), required=False)
    shown = forms.BooleanField(
        label=_("I have seen the terminal"),
        help_text=_("The number was compared with the terminal at the counter."),
        required=False,
    )

    def __init__(self, actor: User, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        protected = "register.submit_protected" in all_rights_of(actor)
        classes = [row for row in register.holder_classes() if row.protected == protected]
        left_out = {"name", "tax_id", "document_type", "document_last"} if protected else {"sealed_reference"}
        for field in left_out:
            del self.fields[field]
        self._choose("holder_class", [(row.code, title(row)) for row in classes])
        if len(classes) == 1:
            self.fields["holder_class"].initial = classes[0].code
            self.fields["holder_class"].widget = forms.HiddenInput()
        self._choose("usage_class", [(row.code, title(row)) for row in register.usage_classes()])
        if not protected:
            kinds = dict.fromkeys(kind for row in classes for kind in row.documents)
            self._choose(
                "document_type",
                [("", _("none, for a company")), *((kind, say("document", kind)) for kind in kinds)],
            )

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def submission(self) -> register.Submission:
        """Give what was filled in, as text."""
        return register.Submission(**self.cleaned_data)

    def show_problems(self, error: register.BadSubmission) -> None:
        """Put each problem beside its field, with its likely fix."""
        for problem in error.problems:
            field = problem.field if problem.field in self.fields else None
            self.add_error(field, said_parts(problem.what, problem.todo))
            if field and problem.suggestion:
                self.suggestions[field] = problem.suggestion


def title(row: Any) -> str:  # noqa: ANN401 - holder class or usage class: both have titles
    """Give the title of a class in the reader's language."""
    return str(row.title_uk if (get_language() or "en").startswith("uk") else row.title_en)
