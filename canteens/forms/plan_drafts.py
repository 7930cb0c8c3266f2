"""What is typed of a plan that is kept before it is sent: whatever there is."""

from typing import Any

from django import forms

from canteens.services.plan_drafts import MOST_TYPED
from records.forms import ActForm

TYPED = (
    "fund", "kind", "occasion", "total", "goods", "per_head", "apart", "from_on", "to_on", "committee_record",
    "project_number",
)  # fmt: skip


class PlanDraftForm(ActForm):
    """Each answer of the plan's form as it was typed; none is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in TYPED:
            self.fields[name] = forms.CharField(required=False, strip=False, max_length=MOST_TYPED)

    def clean_idem(self) -> str:
        """Return a key of its own: the same page may still send the plan."""
        return f"d{self.cleaned_data['idem']}"[:64]

    def said(self) -> dict[str, str]:
        """Return what was typed."""
        return {name: self.cleaned_data[name] for name in TYPED}
