"""What Gradio remembers of each tab, and how it is made to forget.

For every tab it copies the whole page's controls with what was put into them: 0.3 MB each, of ten thousand tabs, for
good, whether closed or not. It also counts who asked for what, and goes through all of that after every event.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio.state_holder import StateHolder

# A tab whose visitor is still here must never be among those that go, so this is far beyond what visitors may open.
_MOST_TABS = 1000


def count_nothing() -> None:
    """Have Gradio keep no tally of events; call this before its page is built."""
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)


class GradioTabs:
    """Gradio's memory of tabs. Thread-safe."""

    def __init__(self, holder: "StateHolder"):
        """Args: ``holder`` is Gradio's; from now on it keeps no more than a thousand tabs."""
        self._holder = holder
        holder.capacity = _MOST_TABS

    def forget(self, tab: str) -> None:
        """What was put into the controls of this tab is gone; a tab that still asks for something begins anew."""
        with self._holder.lock:
            self._holder.session_data.pop(tab, None)
            self._holder.time_last_used.pop(tab, None)
