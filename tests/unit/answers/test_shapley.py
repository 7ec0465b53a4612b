import itertools

import numpy as np
import pytest

from backstop.answers.shapley import game_of

PLAYERS = ("a", "b", "c")


def values(game, worth):
    return game.weights.T @ np.array([worth(s) for s in game.coalitions])


def random_worth(seed):
    rng = np.random.default_rng(seed)
    table = {frozenset(s): rng.normal() for size in range(4) for s in itertools.combinations(PLAYERS, size)}
    return table.__getitem__


def gain_over_orders(worth, player):
    """The definition: a player's gain, averaged over all orders of coming."""
    gains = []
    for order in itertools.permutations(PLAYERS):
        before = frozenset(order[: order.index(player)])
        gains.append(worth(before | {player}) - worth(before))
    return np.mean(gains)


def test_a_value_is_the_gain_averaged_over_all_orders():
    worth = random_worth(1)
    found = values(game_of(PLAYERS), worth)
    assert found[:3] == pytest.approx([gain_over_orders(worth, player) for player in PLAYERS])


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_values_add_up_to_what_all_make_beyond_nobody(n):
    worth, players = random_worth(2), PLAYERS[:n]
    *of_players, nobody, everybody = values(game_of(players), worth)
    assert sum(of_players) == pytest.approx(everybody - nobody)
    assert (nobody, everybody) == (worth(frozenset()), worth(frozenset(players)))


def test_a_player_who_adds_nothing_is_worth_nothing_and_changes_no_other_value():
    with_c = values(game_of(PLAYERS), lambda s: len(s - {"c"}) ** 2)
    without_c = values(game_of(PLAYERS[:2]), lambda s: len(s) ** 2)
    assert with_c[:3] == pytest.approx([*without_c[:2], 0.0])


def test_two_players_share_what_only_both_can_do():
    assert values(game_of(("a", "b")), lambda s: float(len(s) == 2))[:2].tolist() == [0.5, 0.5]
