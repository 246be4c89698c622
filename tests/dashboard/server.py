"""Serve the real page on a few cells of the real region: what the browser tests open."""

import sys

import data
from dashboard import app

SHARE = 12  # every twelfth cell of the half-degree region

if __name__ == "__main__":
    port, folder = int(sys.argv[1]), sys.argv[2]
    app.Shared.region = data.region(0.5).isel(cell=slice(None, None, SHARE))
    app.serve(port, folder=folder)
