"""The demo: one pothole, door to door, told as a timeline."""
