"""The pool: its layers of capital, what it may borrow, what it does with income."""
