from django.urls import path

from similarity.duplicates.review import case_views, review_views
from similarity.duplicates.review.batches import batch_views
from similarity.duplicates.review.blank import blank_views
from similarity.duplicates.review.desk import desk_views
from similarity.duplicates.review.opinions import opinion_views
from similarity.evaluation import models_views
from similarity.evaluation.calibration import calibration_views
from similarity.explain import why_views
from similarity.groups.clusters import group_views
from similarity.groups.maps import map_views
from similarity.groups.outliers import outlier_views
from similarity.groups.paths import path_views
from similarity.image_query import image_query_views
from similarity.neighbours import around_views, curation_views, similar_views
from similarity.space_pages import spaces_views

urlpatterns = [
    path("works/<int:pk>/similar/", similar_views.similar, name="similar"),
    path("works/<int:pk>/around/", around_views.around, name="around"),
    path("works/<int:pk>/dissimilar/", similar_views.dissimilar, name="dissimilar"),
    path("works/<int:pk>/why/<int:other>/", why_views.why_similar, name="why-similar"),
    path("works/<int:pk>/similar/add/", curation_views.add, name="neighbour-add"),
    path("works/<int:pk>/similar/<int:other>/pin/", curation_views.change, {"verb": "pin"}, name="neighbour-pin"),
    path("works/<int:pk>/similar/<int:other>/unpin/", curation_views.change, {"verb": "unpin"}, name="neighbour-unpin"),
    path("works/<int:pk>/similar/<int:other>/ban/", curation_views.change, {"verb": "ban"}, name="neighbour-ban"),
    path("works/<int:pk>/similar/<int:other>/unban/", curation_views.change, {"verb": "unban"}, name="neighbour-unban"),
    path("search/picture/", image_query_views.search, name="search-picture"),
    path("search/picture/<search_token:token>/", image_query_views.results, name="search-picture-results"),
    path("search/picture/<search_token:token>/picture.webp", image_query_views.small_copy, name="search-picture-copy"),
    path("outliers/", outlier_views.outliers, name="outliers"),
    path("paths/", path_views.choose, name="paths"),
    path("paths/suggestions/", path_views.suggest, name="path-suggestions"),
    path("paths/choices/", path_views.stored, name="path-choices"),
    path("paths/surprise/", path_views.surprise, name="path-surprise"),
    path("paths/<int:pk>/<int:other>/", path_views.path, name="path"),
    path("groups/", group_views.listing, name="groups"),
    path("groups/home/", group_views.on_home, name="groups-on-home"),
    path("groups/<int:number>/", group_views.group, name="group"),
    path("groups/<int:number>/name/", group_views.name, name="group-name"),
    path("works/<int:pk>/group/", group_views.of_work, name="group-of-work"),
    path("map/", map_views.show, name="map"),
    path("map/data", map_views.data, name="map-data"),
    path("map/matches", map_views.matches, name="map-matches"),
    path("map/works/<int:pk>/", map_views.card, name="map-card"),
    path("map/sheets/<int:overview_id>/<int:number>.jpg", map_views.sheet, name="map-sheet"),
    path("spaces/", spaces_views.listing, name="spaces"),
    path("spaces/plan/", spaces_views.plan, name="spaces-plan"),
    path("spaces/ask/", spaces_views.ask, name="spaces-ask"),
    path("spaces/group/", spaces_views.group, name="spaces-group"),
    path("spaces/learn/", spaces_views.learn, name="spaces-learn"),
    path("spaces/asked/<int:pk>/ask-again/", spaces_views.settle, {"verb": "ask-again"}, name="spaces-ask-again"),
    path("spaces/asked/<int:pk>/dismiss/", spaces_views.settle, {"verb": "dismiss"}, name="spaces-dismiss"),
    path("spaces/<int:pk>/compare/<int:other>/", spaces_views.compare, name="spaces-compare"),
    path("spaces/<int:pk>/activate/", spaces_views.change, {"verb": "activate"}, name="spaces-activate"),
    path("spaces/<int:pk>/retire/", spaces_views.change, {"verb": "retire"}, name="spaces-retire"),
    path("models/", models_views.models, name="models"),
    path("models/measuring/", models_views.measuring, name="models-measuring"),
    path("models/measure/", models_views.measure_again, name="models-measure"),
    path("review/", review_views.queue, name="review"),
    path("review/decided/", review_views.decided, name="review-decided"),
    path("review/cases/<int:pk>/", case_views.case, name="review-case"),
    path("review/disagreements/", opinion_views.disagreements, name="review-disagreements"),
    path("review/blank/", blank_views.listing, name="review-blank"),
    path("review/blank/<slug:digest>/", blank_views.works, name="review-blank-works"),
    path("review/blank/<slug:digest>/except/", blank_views.add_exception, name="review-blank-except"),
    path("review/blank/<slug:digest>/except/undo/", blank_views.remove_exception, name="review-blank-undo"),
    path("review/batches/", batch_views.listing, name="review-batches"),
    path("review/batches/<slug:name>/", batch_views.batch, name="review-batch"),
    path("review/batches/<int:pk>/undo/", batch_views.undo, name="review-batch-undo"),
    path("review/pairs.csv", review_views.table, name="review-table"),
    path("review/calibration/", calibration_views.calibration, name="review-calibration"),
    path("review/<int:pk>/", desk_views.pair, name="review-pair"),
    path("review/<int:pk>/desk/", desk_views.settle, name="review-desk"),
    path("review/<int:pk>/swap/", review_views.swap, name="review-swap"),
    path("review/<int:pk>/claim/", review_views.claim, name="review-claim"),
]
