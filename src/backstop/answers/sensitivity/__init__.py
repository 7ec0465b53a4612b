"""Which assumptions matter: each tagged number varied by itself, what it does to a headline, which turn its sign."""
