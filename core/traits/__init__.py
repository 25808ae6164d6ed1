"""What is measured of a person beside the shape of the head, one trait a file, and the splats it is drawn with."""
