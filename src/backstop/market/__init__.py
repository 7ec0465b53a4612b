"""From price files to fitted models and terms of the market; what is odd about the data, and how well a model fits."""
