"""What is typed about purses."""

from django.utils.translation import gettext_lazy as _

from kernel.form_fields import NumberTextField, YuanFormField
from records.forms import ActForm


class BudgetForm(ActForm):
    """Money put into a purse, and the document that allows it."""

    amount = YuanFormField(label=_("How much is added?"))
    document_number = NumberTextField(label=_("Number of the document"), max_length=80)
