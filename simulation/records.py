"""What is measured each quarter, by column."""

COLUMNS = (
    "living",  # alliances
    "formed",  # alliances/quarter
    "ended",  # alliances/quarter
    "mean_trust",  # share
    "mean_sharing",  # share
    "reciprocity",  # share
    "mean_fit",  # share
    "no_deal",  # alliances
    "dilemma",  # alliances
    "harmony",  # alliances
    "shocks",  # firms hit/quarter
    "failed",  # firms/quarter
    "mean_capital",  # money/firm
    "mean_knowledge",  # knowledge/firm
    "munificence",  # factor
    "breaches",  # side deals found/quarter
    "income",  # money/quarter
    "payout",  # money/quarter
    "entry_capital",  # money/quarter
    "failed_capital",  # money/quarter
    "renegotiated",  # talks that succeeded/quarter
    "failed_talks",  # talks/quarter
    "capabilities",  # domains gained/quarter
    "profile_drift",  # share: mean over firms of half the absolute change of profile since founding
    "absorptive_capacity",  # share, mean over firms
    "turbulent",  # 1 in a turbulent quarter
)

# sums of money over a quarter, kept apart so that capital can be balanced to the last bit of rounding
FLOW_INCOME, FLOW_PAYOUT, FLOW_ENTRY, FLOW_FAILURE = range(4)
FLOWS = 4
