"""A world small enough for dozens of tests."""

import pytest

from simulation.scenario import Scenario


@pytest.fixture(scope="session")
def tiny() -> Scenario:
    return Scenario().with_(firms__count=20, time__quarters=60, time__warm_up_quarters=10)
