"""Report how many pictures a second each network processes, and the time of each stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_noop

from similarity.evaluation import stored_evaluations
from similarity.evaluation.charts import stage_bars
from similarity.evaluation.charts.rows import RowChart
from similarity.evaluation.reports import labels
from similarity.models import Evaluation

STAGES = (
    gettext_noop("read"),
    gettext_noop("decode"),
    gettext_noop("fingerprint"),
    gettext_noop("network"),
    gettext_noop("project"),
    gettext_noop("write"),
    gettext_noop("flag"),
)


def board() -> "Board | None":
    """Return the newest measurements, the fastest first, or None if there are none."""
    rows = sorted(
        stored_evaluations.latest(Evaluation.Kind.SPEED), key=lambda one: -one.results.get("pictures_per_s", 0)
    )
    if not rows:
        return None
    spent = [(label(one), in_order(one.results["ms_by_stage"])) for one in rows if one.results.get("ms_by_stage")]
    names = list(dict.fromkeys(name for _, parts in spent for name in parts))
    timed = [(label, {gettext(name): spent_ms for name, spent_ms in parts.items()}) for label, parts in spent]
    return Board(
        stages=[gettext(name) for name in names],
        runs=[run(one, names) for one in rows],
        chart=stage_bars.draw(gettext("Time by stage"), timed),
        measured=labels.measured(rows),
    )


def in_order(spent: dict[str, float]) -> dict[str, float]:
    """Sort stages in the order of the pipeline. jsonb does not keep the order of keys."""
    return {name: spent[name] for name in sorted(spent, key=[*STAGES, *spent].index)}


def label(one: Evaluation) -> str:
    device = one.results.get("device") or gettext("an unknown device")
    return gettext("%(name)s on %(device)s") % {"name": labels.short_name(one), "device": device}


def run(one: Evaluation, stage_names: Sequence[str]) -> "Run":
    spent = one.results.get("ms_by_stage", {})
    return Run(
        label=labels.short_name(one),
        device=one.results.get("device", "–"),
        dataset=labels.dataset(one.dataset),
        pictures_per_s=format_rate(one.results.get("pictures_per_s")),
        gmac_per_s=format_rate(one.results.get("gmac_per_s")),
        spent_ms=[format_rate(spent.get(name)) for name in stage_names],
        measured_at=one.created_at,
    )


def format_rate(value: float | None) -> str:
    return "–" if value is None else number_format(f"{value:.1f}", force_grouping=True)


@dataclass(frozen=True)
class Run:
    label: str
    device: str
    dataset: str
    pictures_per_s: str
    gmac_per_s: str
    spent_ms: list[str]
    measured_at: datetime


@dataclass(frozen=True)
class Board:
    stages: list[str]
    runs: list[Run]
    chart: RowChart
    measured: str

    @property
    def fastest(self) -> Run:
        return self.runs[0]

    @property
    def slowest(self) -> Run | None:
        return self.runs[-1] if len(self.runs) > 1 else None
