"""What a chat must show of a recording, decided from it alone; imports nothing of bot."""
