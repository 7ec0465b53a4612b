"""Facilities: who is eligible, what turns keys, instruments and contracts; real facilities as designs."""
