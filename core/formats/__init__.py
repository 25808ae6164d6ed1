"""Files an avatar can be kept in or handed to other tools as."""
