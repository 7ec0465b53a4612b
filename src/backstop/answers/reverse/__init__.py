"""What breaks a facility, and how plausible that is: scenarios to replay, boxes with their own doubts."""
