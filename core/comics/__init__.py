"""Comics with avatars: a short script becomes pages of panels, with scenes and balloons that leave faces free."""
