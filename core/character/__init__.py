"""A character: everything an avatar is made from; measured, edited, written down, built."""
