"""What a runbook holds → a plan in the making."""
