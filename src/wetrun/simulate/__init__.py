"""The odds: plan and evidence → forecast. Exact where an exact form exists, sampled elsewhere. Pure."""
