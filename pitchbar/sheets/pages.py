"""The pages of a sheet as scenes, which the PDF and the preview are both written from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pitchbar.sheets.placing import Content, SheetItem, place_content
from pitchbar.sheets.planning import SheetPlan, Slot
from pitchbar.symbols.design import Design
from pitchbar.symbols.drawing import Drawing
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.rendering import draw_symbol


@dataclass(frozen=True)
class Printed:
    """One place that is filled."""

    slot: Slot
    item: int
    drawing: Drawing
    content: Content
    ground: str | None


@dataclass(frozen=True)
class TooSmall:
    """A symbol, its quiet zone included, that would be printed smaller than it can be read."""

    code_id: int
    name: str
    printed_mm: float
    smallest_mm: float


class Sheet:
    """Draws each code once, however often it is printed."""

    def __init__(self, plan: SheetPlan, items: Sequence[SheetItem]) -> None:
        self.plan = plan
        self.items = items
        self._drawings: dict[int, Drawing] = {}

    @cached_property
    def pages(self) -> int:
        return self.plan.count_pages(len(self.items))

    def draw(self, item: int) -> Drawing:
        """Raises TextTooLong."""
        if item not in self._drawings:
            one = self.items[item]
            self._drawings[item] = _draw(one.text, one.design, one.logo)
        return self._drawings[item]

    def page(self, page: int) -> Iterator[Printed]:
        options = self.plan.options
        faces = len(self.plan.slots) // self.plan.codes_per_page
        for at, slot in enumerate(self.plan.slots):
            index = self.plan.find_index(page, at // faces, len(self.items))
            if index is None:
                continue
            item = index // options.copies
            drawing = self.draw(item)
            content = place_content(
                slot, drawing, options.headline, self._captions(item, index), options
            )
            background = drawing.background
            yield Printed(
                slot, item, drawing, content, None if background == "#ffffff" else background
            )

    def _captions(self, item: int, index: int) -> list[str]:
        one, options = self.items[item], self.plan.options
        values = {**one.captions, "name": one.name, "short_link": one.short_link}
        values["number"] = f"{options.number_prefix}{options.number_start + index}"
        return [values.get(field, "") for field in options.captions]


def printed_mm(item: SheetItem, printed: Printed) -> float:
    """The side of the symbol on paper, its quiet zone included, as the scan check has it."""
    drawing = printed.drawing
    modules = drawing.modules + 2 * item.design.quiet_zone
    return printed.content.symbol.width * modules / drawing.width


# A page of labels is drawn anew at each change of the form beside it.
@lru_cache(maxsize=256)
def _draw(text: str, design: Design, logo: Logo | None) -> Drawing:
    return draw_symbol(text, design, logo)
