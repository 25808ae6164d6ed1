"""What moves an avatar: faces in pictures and films, recordings, and trackers on the network."""
