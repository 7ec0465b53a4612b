"""Terms of facilities: what turns them on, what they give, the contract around a loan."""
