"""What a rehearsal comes to: claims beside measurements, conclusions, risk, advice and the checklist; all computed."""
