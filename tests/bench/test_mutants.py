import pytest

from bench import mutants


@pytest.mark.parametrize("mutant", mutants.listed(), ids=lambda mutant: mutant.name)
def test_every_mutant_still_has_its_place_and_its_tests(mutant):
    source = (mutants.ROOT / "src" / "backstop" / mutant.file).read_text()
    assert mutants.planted(mutant, source) != source
    assert (mutants.ROOT / mutant.tests).exists()


def test_a_defect_that_fits_no_place_is_refused():
    nowhere = mutants.Mutant("nowhere", "a.py", "x", "y", "tests")
    with pytest.raises(ValueError, match=r"nowhere: a\.py has what it replaces 2 times"):
        mutants.planted(nowhere, "x x")
