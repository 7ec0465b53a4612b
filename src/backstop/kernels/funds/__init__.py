"""What funds do in a day: marks, scores, redemptions, leverage, sales, payment."""
