from bench import bands


def test_the_band_holds_the_law_of_the_largest_loss_as_often_as_it_promises():
    assert bands.PROMISED[0] <= bands.coverage(500, 1000) <= bands.PROMISED[1]


def test_a_band_that_is_shifted_a_little_holds_it_less_often(monkeypatch):
    monkeypatch.setattr(bands, "ruin", lambda reserve, own=bands.ruin: own(0.8 * reserve))
    assert bands.coverage(500, 100) < 0.6


def test_the_command_says_how_often(capsys):
    bands.main(["--runs", "20", "--paths", "50"])
    assert "50 paths: the band holds the whole curve in" in capsys.readouterr().out
