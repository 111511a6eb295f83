"""Phase 5: knowledge is transferred, value is created together, and some of it leaks."""

from simulation.compiled import phase
from simulation.parameters import KnowledgeNumbers, ValueNumbers
from simulation.rules.learning import attention, learning_potential, tacit_barrier
from simulation.rules.value import joint_value, leak, leakage_rate, potential_value, sharing_cost
from simulation.scenario import DOMAINS
from simulation.state import AllianceArrays, Counters, EnvironmentArrays, FirmArrays, Workspace


@phase
def exchange(
    counters: Counters, firms: FirmArrays, alliances: AllianceArrays, environment: EnvironmentArrays,
    workspace: Workspace, numbers: KnowledgeNumbers, value: ValueNumbers,
) -> None:  # fmt: skip
    """Payoffs before coordination and side deals, and what each side learns; all from the state before this phase."""
    living = counters.rows[0]
    asked, gain = workspace.attention, workspace.gain
    asked[:] = 0.0
    gain[:] = 0.0
    for a in range(living):
        i, j = alliances.first[a], alliances.second[a]
        asked[i] += attention(numbers.absorption, alliances.sharing[a, 1], firms.absorptive_capacity[i])
        asked[j] += attention(numbers.absorption, alliances.sharing[a, 0], firms.absorptive_capacity[j])
    for a in range(living):
        i, j = alliances.first[a], alliances.second[a]
        share_i, share_j = alliances.sharing[a, 0], alliances.sharing[a, 1]
        trust_i, trust_j = alliances.trust[a, 0], alliances.trust[a, 1]
        pace_i = attention(numbers.absorption, share_j, firms.absorptive_capacity[i]) / max(1.0, asked[i])
        pace_j = attention(numbers.absorption, share_i, firms.absorptive_capacity[j]) / max(1.0, asked[j])
        pace_i *= tacit_barrier(numbers.tacitness, trust_i)
        pace_j *= tacit_barrier(numbers.tacitness, trust_j)
        sector_i, sector_j = firms.sector[i], firms.sector[j]
        dot, valued, learned_i, learned_j = 0.0, 0.0, 0.0, 0.0
        for domain in range(DOMAINS):
            known_i, known_j = firms.knowledge[i, domain], firms.knowledge[j, domain]
            lead = known_j - known_i
            to_i, to_j = pace_i * max(0.0, lead), pace_j * max(0.0, -lead)
            gain[i, domain] += to_i
            gain[j, domain] += to_j
            learned_i += to_i
            learned_j += to_j
            dot += known_i * known_j
            weight = 0.5 * (environment.demand[sector_i, domain] + environment.demand[sector_j, domain])
            valued += weight * max(known_i, known_j)
        alliances.learned[a, 0] += learned_i
        alliances.learned[a, 1] += learned_j
        potential = learning_potential(dot, firms.knowledge_length[i], firms.knowledge_length[j])
        munificence = 0.5 * (firms.munificence[i] + firms.munificence[j])
        v = potential_value(value.joint, alliances.fit[a], value.fit_floor, potential, value.distance_floor, valued,
                            munificence, value.tacit_loss, numbers.tacitness, 0.5 * (trust_i + trust_j))  # fmt: skip
        alliances.potential[a] = v
        half = 0.5 * joint_value(v, share_i, share_j)
        rate = leakage_rate(
            value.leakage, value.leakage_rival, alliances.is_rival[a], value.leakage_equity, alliances.equity[a]
        )
        leak_i, leak_j = leak(rate, share_i, trust_i), leak(rate, share_j, trust_j)
        cost_i = sharing_cost(value.sharing_cost, share_i, trust_i, value.sharing_cost_saved)
        cost_j = sharing_cost(value.sharing_cost, share_j, trust_j, value.sharing_cost_saved)
        alliances.payoff[a, 0] = half + value.learning_worth * learned_i - cost_i - leak_i + value.leakage_gain * leak_j
        alliances.payoff[a, 1] = half + value.learning_worth * learned_j - cost_j - leak_j + value.leakage_gain * leak_i
    for row in range(len(firms.seat)):
        for domain in range(DOMAINS):
            firms.knowledge[row, domain] += gain[row, domain]
