"""What a facility would have done in a real history: signals on every day, episodes at today's exposure."""
