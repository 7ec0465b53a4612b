"""The lines of the screen, the less important ones left out where there would be too many."""

from collections.abc import Sequence

from backstop.report.screen.arms import table
from backstop.report.screen.margin import margin
from backstop.report.screen.sentence import header, sentence
from backstop.report.screen.told import Told
from backstop.report.wrapping import MOST_LINES, beside_word, wrapped

_MAY_GO = ("gains", "technology_saved_window_end", "window_sales_averted", "false_activations", "who")
"""What is left out, one after another, where the screen would be longer; --full has it."""


def first_screen(told: Told, width: int) -> list[str]:
    """Lines of `width` at most, `MOST_LINES` of them unless much was changed by hand."""
    for n in range(len(_MAY_GO) + 1):
        lines = _screen(told, width, _MAY_GO[:n])
        if len(lines) <= MOST_LINES:
            break
    return lines


def _screen(told: Told, width: int, without: Sequence[str]) -> list[str]:
    arms = [*table(told, width, without), *wrapped(told.say("counts"), width)] if told.arms else []
    beside = [(told.say(word), text) for word, text in margin(told) if word not in without]
    return [*wrapped(sentence(told), width), *wrapped(header(told), width), *arms,
            *(line for word, text in beside for line in beside_word(word, text, width))]
