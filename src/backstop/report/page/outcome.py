"""Chapters on what the facility does: the answer, what is averted, who gains; charts of shares and of amounts."""

from collections.abc import Iterator, Sequence

from backstop.report.language.numbers import amount_text, scale_of
from backstop.report.page.charts import ranges
from backstop.report.page.subject import Chapter, Figure, Subject

ANSWER = (("activated", "prob"), ("window_sales_averted_share", "ratio"), ("relief_negative", "prob"),
          ("utilisation_if_active", "mean"), ("dry", "prob"), ("has_loss", "prob"))
EFFECTS = (("window_sales_averted", "mean"), ("others_window_sales_averted", "mean"), ("sold_later", "mean"),
           ("sales_averted", "mean"), ("relief", "mean"))
GAINS = (("investors_gain", "mean"), ("stayers_gain", "mean"), ("leavers_gain", "mean"), ("lenders_gain", "mean"),
         ("banks_gain", "mean"), ("pool_gain", "mean"), ("market_gain", "mean"))
QUALITY = (("false_activations", "ratio"), ("missed_episodes", "ratio"), ("false_alarm_days", "ratio"),
           ("injected_to_unharmed_share", "ratio"), ("injected_to_leavers_share", "ratio"),
           ("injected_to_failing_share", "ratio"))


def answer(subject: Subject) -> Chapter | None:
    """What a decision maker reads first."""
    sentences = [said for arm in subject.arms for said in _said(subject, arm)]
    figures = list(shares(subject, "answer", ANSWER, subject.texts("answer.alt")))
    if any(row.model_low is not None for row in subject.rows):
        sentences.append(subject.texts("answer.models"))
    sentences.append(subject.texts("page.not_a_forecast"))
    return Chapter("answer", subject.texts("answer.heading"), sentences, figures)


def _said(subject: Subject, arm: str) -> Iterator[str]:
    texts = subject.texts
    size = subject.parts.pool_sizes[subject.manifest["arms"].index(arm)]
    pool = f"{amount_text(size, texts)} {subject.currency}"
    if subject.row(arm, "window_sales_averted_share", "ratio") is None:
        yield texts("answer.averted_unknown", arm=arm, pool=pool)
    else:
        share = ("window_sales_averted_share", "ratio")
        yield texts("answer.averted", arm=arm, pool=pool, share=subject.shown(arm, *share),
                    interval=subject.interval(arm, *share), amount=subject.shown(arm, "window_sales_averted", "mean"))
    if subject.row(arm, "utilisation_if_active", "mean") is not None:
        yield texts("answer.acts", activated=subject.shown(arm, "activated", "prob"),
                    use=subject.shown(arm, "utilisation_if_active", "mean"))
    if subject.row(arm, "dry", "prob") is not None:
        yield texts("answer.dry", dry=subject.shown(arm, "dry", "prob"), interval=subject.interval(arm, "dry", "prob"))
    if subject.row(arm, "relief", "mean") is not None:
        yield texts("answer.later", net=subject.shown(arm, "relief", "mean"),
                    negative=subject.shown(arm, "relief_negative", "prob"))
    if subject.row(arm, "cost_a_year", "mean") is not None:
        yield texts("answer.cost", cost=subject.shown(arm, "cost_a_year", "mean"))


def effects(subject: Subject) -> Chapter | None:
    """Averted, postponed, net."""
    figures = list(amounts(subject, "effects", EFFECTS, subject.texts("effects.alt")))
    return Chapter("effects", subject.texts("effects.heading"), [subject.texts("effects.lead")], figures)


def gains(subject: Subject) -> Chapter | None:
    """Who gains."""
    shown = [metric for metric in GAINS if any((row := subject.row(arm, *metric)) is not None and row.estimate != 0.0
                                               for arm in subject.arms)]
    figures = list(amounts(subject, "gains", shown, subject.texts("gains.alt")))
    return Chapter("gains", subject.texts("gains.heading"), [subject.texts("gains.lead")], figures)


def shares(subject: Subject, name: str, metrics: Sequence[tuple[str, str]], said: str) -> Iterator[Figure]:
    """Shares with intervals; nothing where no arm has any."""
    found = list(subject.ranges_of(metrics))
    if found:
        yield subject.figure(name, said, lambda screen: ranges([one for one, _ in found], screen, ".0%"),
                             *subject.table_of(found))


def amounts(subject: Subject, name: str, metrics: Sequence[tuple[str, str]], said: str) -> Iterator[Figure]:
    """Amounts with intervals, on one scale."""
    largest = max((abs(row.estimate) for _, row in subject.ranges_of(metrics)), default=0.0)
    if largest > 0.0:
        scale, unit = scale_of(largest, subject.texts, subject.currency)
        found = list(subject.ranges_of(metrics, scale))
        axis = subject.texts("effects.axis", unit=unit)
        yield subject.figure(name, said, lambda screen: ranges([one for one, _ in found], screen, ",.4~r", axis),
                             *subject.table_of(found))
