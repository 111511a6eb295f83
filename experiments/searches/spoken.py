"""What sentences call the settings of the model that matter most."""

# The assumptions of the model that are least known and may matter: what `sensitivity` and `discover` vary by themselves.
IMPORTANT = {
    "trust.initial": "initial trust",
    "trust.gain": "the speed at which trust is won",
    "trust.loss": "the speed at which trust is lost",
    "trust.expectation_trust": "what trust expects",
    "trust.breach_ceiling": "the trust that deceit destroys for good",
    "sharing.observation_noise": "the noise of observation",
    "fit.initial": "initial fit",
    "fit.rate": "the speed at which fit grows",
    "fit.goal_shock": "the jump of goals in a shock",
    "firms.flexibility": "flexibility",
    "exit.base_hazard": "the base hazard of exit",
    "exit.selectivity": "the selectivity of exit",
    "exit.trust_weight": "the weight of trust in exits",
    "exit.outside_weight": "the weight of outside options in exits",
    "exit.shock_weight": "the weight of shocks in exits",
    "value.joint": "joint value",
    "value.sharing_cost": "the cost of sharing",
    "value.leakage": "leakage",
    "value.coordination": "the cost of coordination",
    "knowledge.absorption": "the speed of absorption",
    "knowledge.tacitness": "tacitness",
    "environment.shock_rate": "the shock rate",
    "environment.shock_magnitude": "the size of shocks",
}


def spoken(key: str) -> str:
    """A setting as a sentence names it: in words if there are some, else by its key.

    >>> spoken("environment.shock_rate"), spoken("formation.rate")
    ('the shock rate', 'formation.rate')
    """
    return IMPORTANT.get(key, key)
