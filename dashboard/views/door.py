"""What one sees where as many pages are open as the server holds."""

import panel as pn

from dashboard import words

ASKS = 2000  # ms between two looks whether there is a place


class Door:
    """Says which number one is among those that wait; opens by itself."""

    def __init__(self, room, who):
        self._room, self._who = room, who
        self.pane = pn.pane.HTML(styles={"font-size": "1.3rem", "padding": "2rem"})
        self.pane.jscallback(visible="location.reload()")
        self._look()
        pn.state.add_periodic_callback(self._look, period=ASKS)

    def _look(self):
        number = self._room.wait(self._who)
        free = self._room.places - len(self._room.inside)
        self.pane.visible = number > free
        self.pane.object = words.busy(number, self._room.places)
