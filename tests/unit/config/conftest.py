"""The A-share example's arm with its facility, which many tests only read."""

import pytest

from ashare import resolved
from backstop.terms import ArmTerms


@pytest.fixture(scope="module")
def fund_arm() -> ArmTerms:
    return resolved().arms[1]
