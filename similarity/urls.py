from django.urls import path

from similarity.views import kin, picture_search, review

urlpatterns = [
    path("works/<int:pk>/similar/", kin.similar, name="similar"),
    path("works/<int:pk>/dissimilar/", kin.dissimilar, name="dissimilar"),
    path("search/picture/", picture_search.search, name="search-picture"),
    path("search/picture/<search_token:token>/", picture_search.results, name="search-picture-results"),
    path("review/", review.queue, name="review"),
    path("review/<int:pk>/", review.pair, name="review-pair"),
]
