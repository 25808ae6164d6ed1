"""An avatar by way of a running Snapmoji: start ``python launch.py`` first, then run this with a photo's path."""

import shutil
import sys

from gradio_client import Client, handle_file

client = Client("http://127.0.0.1:7860", analytics_enabled=False)
report, picture = client.predict(handle_file(sys.argv[1]), "plastic toy", api_name="/make")
seconds, address = report["seconds"]["total"], client.src.rstrip("/") + report["viewer"]
print(f"{report['splats']} splats in {seconds} s; watch it at {address}")

client.predict("gold", 0.8, api_name="/restyle")
weights, picture = client.predict({"jawOpen": 0.4, "mouthSmileLeft": 0.9}, api_name="/pose")
shutil.copy(picture, "smile.webp")
shutil.copy(client.predict("snapmoji", api_name="/export"), "avatar.snapmoji")
