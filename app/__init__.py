"""The page: a Gradio panel and a Viser viewer on one port, with every visitor kept apart."""
