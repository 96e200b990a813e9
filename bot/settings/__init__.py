"""What each linked chat may set, from one model, and the service that changes it."""
