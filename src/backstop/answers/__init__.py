"""Answers from the outcomes of a run: estimates with intervals, decomposition, trigger quality, hazard, designs."""
