"""What monitoring is told: a closed list of events, none of which holds a value."""
