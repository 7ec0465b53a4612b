"""The page: one HTML file that tells a run, in English or Chinese, offline, whole without scripts."""
