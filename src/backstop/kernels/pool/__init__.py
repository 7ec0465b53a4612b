"""The pool in a day: money that moves, losses and income, calls of capital, the books."""
