"""How large a pool must be: chance of running dry by size, given a crisis or not, robust, over years."""
