"""The first screen of a run: one sentence, arms side by side, what it rests on, what to ask next; 24 lines of 80."""
