"""Where the cells lie: from a list of cells to a picture and back."""

import numpy as np

APART = 0.5  # degrees between the lines of hatching
BOX = (74.0, 104.0, 26.0, 40.0)  # west, east, south, north: what the maps show


class Grid:
    """The regular grid that the cells of a region are part of."""

    def __init__(self, region):
        self.step = float(region.attrs["resolution"])
        west, east, south, north = BOX
        self.shape = (round((north - south) / self.step), round((east - west) / self.step))
        self.lon = west + self.step * (np.arange(self.shape[1]) + 0.5)
        self.lat = south + self.step * (np.arange(self.shape[0]) + 0.5)
        row = np.floor((region.lat.to_numpy() - south) / self.step).astype(int)
        column = np.floor((region.lon.to_numpy() - west) / self.step).astype(int)
        self.index = row * self.shape[1] + column  # place of each cell in the flat picture
        self.centres = self.lon[column], self.lat[row]  # of each cell: lon, lat
        self._cell = {int(place): cell for cell, place in enumerate(self.index)}

    @property
    def apart(self) -> int:
        """How many cells lie between two lines of hatching, which keep their distance."""
        return max(1, round(APART / self.step))

    def strokes(self):
        """Return strokes that hatch all cells when joined: their ends x0, y0, x1, y1 [stroke]."""
        row, column = np.divmod(self.index, self.shape[1])
        drawn = (row - column) % self.apart == 0
        x, y, half = self.lon[column[drawn]], self.lat[row[drawn]], self.step / 2
        return {"x0": x - half, "y0": y - half, "x1": x + half, "y1": y + half}

    def picture(self, values, empty=np.nan):
        """Return *values* [cell] on the grid [row, column], *empty* where no cell is."""
        flat = np.full(self.shape[0] * self.shape[1], empty)
        flat[self.index] = values
        return flat.reshape(self.shape)

    def cell_at(self, lon: float, lat: float) -> int | None:
        """Return the cell that holds a point, or None where there is none."""
        west, east, south, north = BOX
        if not (west <= lon < east and south <= lat < north):
            return None
        row, column = int((lat - south) // self.step), int((lon - west) // self.step)
        return self._cell.get(row * self.shape[1] + column)
