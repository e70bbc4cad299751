from django.urls import path

from similarity.views import curation, kin, models, picture_search, review, spaces, why

urlpatterns = [
    path("works/<int:pk>/similar/", kin.similar, name="similar"),
    path("works/<int:pk>/dissimilar/", kin.dissimilar, name="dissimilar"),
    path("works/<int:pk>/why/<int:other>/", why.why_similar, name="why-similar"),
    path("works/<int:pk>/similar/add/", curation.add, name="neighbour-add"),
    path("works/<int:pk>/similar/<int:other>/pin/", curation.change, {"verb": "pin"}, name="neighbour-pin"),
    path("works/<int:pk>/similar/<int:other>/unpin/", curation.change, {"verb": "unpin"}, name="neighbour-unpin"),
    path("works/<int:pk>/similar/<int:other>/ban/", curation.change, {"verb": "ban"}, name="neighbour-ban"),
    path("works/<int:pk>/similar/<int:other>/unban/", curation.change, {"verb": "unban"}, name="neighbour-unban"),
    path("search/picture/", picture_search.search, name="search-picture"),
    path("search/picture/<search_token:token>/", picture_search.results, name="search-picture-results"),
    path("search/picture/<search_token:token>/picture.webp", picture_search.small_copy, name="search-picture-copy"),
    path("spaces/", spaces.listing, name="spaces"),
    path("spaces/plan/", spaces.plan, name="spaces-plan"),
    path("spaces/ask/", spaces.ask, name="spaces-ask"),
    path("spaces/learn/", spaces.learn, name="spaces-learn"),
    path("spaces/asked/<int:pk>/ask-again/", spaces.settle, {"verb": "ask-again"}, name="spaces-ask-again"),
    path("spaces/asked/<int:pk>/dismiss/", spaces.settle, {"verb": "dismiss"}, name="spaces-dismiss"),
    path("spaces/<int:pk>/compare/<int:other>/", spaces.compare, name="spaces-compare"),
    path("spaces/<int:pk>/activate/", spaces.change, {"verb": "activate"}, name="spaces-activate"),
    path("spaces/<int:pk>/retire/", spaces.change, {"verb": "retire"}, name="spaces-retire"),
    path("models/", models.models, name="models"),
    path("models/measuring/", models.measuring, name="models-measuring"),
    path("models/measure/", models.measure_again, name="models-measure"),
    path("review/", review.queue, name="review"),
    path("review/decided/", review.decided, name="review-decided"),
    path("review/<int:pk>/", review.pair, name="review-pair"),
]
