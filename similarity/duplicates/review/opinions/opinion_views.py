"""The page of pairs on which two reviewers differ."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection.views.fragments import Request
from similarity.converters import is_id
from similarity.duplicates.review import review_views, verdicts
from similarity.duplicates.review.opinions import opinions, reviewer_agreement

PAGE = 12


@require_safe
def disagreements(request: Request) -> HttpResponse:
    """List the pairs in dispute, each with both opinions. A verdict on one settles it; ?after=<id> continues."""
    pairs = review_views.reviewable(request)
    found = opinions.disputes(verdicts.of_two_works(pairs))
    count = found.count()
    after = request.GET.get("after", "")
    if is_id(after):
        found = found.filter(pk__gt=after)
    shown = list(found[: PAGE + 1])
    context = {
        "pairs": shown[:PAGE],
        "more_after": shown[PAGE - 1].pk if len(shown) > PAGE else None,
        "count": count,
        "choices": verdicts.CHOICES,
        "agreement": reviewer_agreement.between(pairs),
    }
    return render(request, "review/disagreements.html", context)
