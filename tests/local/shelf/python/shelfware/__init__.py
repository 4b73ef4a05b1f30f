NAME = "shelf"
