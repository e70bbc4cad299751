"""What an administrator asks for when a space is planned from the pages."""

from django import forms

from similarity.models import Metric, Space, SpaceState


class PlanForm(forms.Form):
    """A refit of a space that is known here, perhaps with another metric."""

    like = forms.ModelChoiceField(
        Space.objects.exclude(state=SpaceState.RETIRED).exclude(lens="colour").order_by("lens", "pk"),
        label="Like", empty_label=None,
    )  # fmt: skip
    metric = forms.ChoiceField(choices=Metric, label="Metric")
