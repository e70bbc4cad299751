"""Write facts about the records of a group in the language of the reader. The values come from the records."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from collection.browsing import centuries
from collection.browsing.facet_table import BY_NAME
from similarity.groups.building.group_facts import Fact

MOSTLY, OFTEN = 0.5, 0.15  # shares of the works of a group
TITLE_SHARE = 0.3  # a value of a smaller share is not used as a title
TITLE_FACTS = 2
CENTURY = "century"


class ShownFact(Fact):
    """A fact with its words. The numbers are those of the works that are public now."""

    @property
    def label(self) -> str:
        return centuries.name_of(self.value) if self.field == CENTURY else self.value

    @property
    def field_title(self) -> str:
        return BY_NAME[self.field].title

    @property
    def share(self) -> float:
        return self.count / self.of

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def percent_elsewhere(self) -> int:
        return round(100 * self.elsewhere)

    @property
    def url(self) -> str:
        return f"{reverse('browse')}?{urlencode({self.field: self.value})}"


def title(facts: Sequence[ShownFact], parent: Sequence[ShownFact] = ()) -> str:
    """Return the first values that many works have, such as "Cubism, Juan Gris", or "" if there are none.

    A century alone says little, so the next value is added to it: "19th century, often Realism". parent: the facts of
    the group that contains this one. The values of its title come last here, so that the two titles differ.
    """
    known = {(fact.field, fact.value) for fact in titled(parent)}
    ordered = sorted(facts, key=lambda fact: (fact.field, fact.value) in known)
    chosen = titled(ordered)
    added = next((fact.label for fact in ordered if fact.field != CENTURY), None)
    if [fact.field for fact in chosen] == [CENTURY] and added is not None:
        return gettext("%(century)s, often %(value)s") % {"century": chosen[0].label, "value": added}
    return ", ".join(fact.label for fact in chosen)


def titled(facts: Sequence[ShownFact]) -> list[ShownFact]:
    """Return the facts that a title consists of: the first that many works have, of different fields and labels."""
    chosen: list[ShownFact] = []
    for fact in facts:
        is_new = all(fact.field != other.field and fact.label != other.label for other in chosen)
        if is_new and fact.share >= TITLE_SHARE and len(chosen) < TITLE_FACTS:
            chosen.append(fact)
    return chosen


def sentence(facts: Sequence[ShownFact]) -> str:
    """Return for example "Mostly Cubism, 20th century; often Juan Gris"."""
    mostly = ", ".join(fact.label for fact in facts if fact.share >= MOSTLY)
    often = ", ".join(fact.label for fact in facts if OFTEN <= fact.share < MOSTLY)
    if mostly and often:
        return gettext("Mostly %(mostly)s; often %(often)s") % {"mostly": mostly, "often": often}
    if mostly:
        return gettext("Mostly %(values)s") % {"values": mostly}
    return gettext("Often %(values)s") % {"values": often} if often else ""
