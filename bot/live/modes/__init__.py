"""What a chat should have of a turn, one pure planner per way of showing it."""
