"""Units as types: floats that say what they measure.

People read them in signatures and beside constants, the tests check them with pint, Numba
ignores them.
"""

from typing import Annotated

one = Annotated[float, "1"]
percent = Annotated[float, "percent"]
metre = Annotated[float, "m"]
m_mm = Annotated[float, "m mm-1"]
mm = Annotated[float, "mm"]
mm_month = Annotated[float, "mm month-1"]
mm_year = Annotated[float, "mm year-1"]
degC = Annotated[float, "degC"]
degC_day = Annotated[float, "degC day"]  # degree-days, of a year
kelvin = Annotated[float, "K"]  # a difference of temperatures
K_year = Annotated[float, "K year-1"]
ppm = Annotated[float, "ppm"]
per_ppm = Annotated[float, "ppm-1"]
days = Annotated[float, "day"]
days_month = Annotated[float, "day month-1"]
month = Annotated[float, "month"]

W_m2 = Annotated[float, "W m-2"]
langley_day = Annotated[float, "cal cm-2 day-1"]
W_m_K = Annotated[float, "W m-1 K-1"]
W_m2_K = Annotated[float, "W m-2 K-1"]
K_m2_W = Annotated[float, "K m2 W-1"]
J_m3 = Annotated[float, "J m-3"]
J_m3_K = Annotated[float, "J m-3 K-1"]
K_m3_J = Annotated[float, "K m3 J-1"]
kg_m3 = Annotated[float, "kg m-3"]
MJ_m3_K = Annotated[float, "MJ m-3 K-1"]

gC_m2 = Annotated[float, "gC m-2"]
gN_m2 = Annotated[float, "gN m-2"]  # carbon and nitrogen are different dimensions
gC_gN = Annotated[float, "gC gN-1"]
gN_gC = Annotated[float, "gN gC-1"]
m2_gC = Annotated[float, "m2 gC-1"]
gN_litre = Annotated[float, "gN L-1"]
per_mm = Annotated[float, "mm-1"]
month_mm = Annotated[float, "month mm-1"]
mm_langley = Annotated[float, "mm cm2 cal-1"]
hPa = Annotated[float, "hPa"]
per_month = Annotated[float, "month-1"]
gC_m2_month = Annotated[float, "gC m-2 month-1"]
gN_m2_month = Annotated[float, "gN m-2 month-1"]
gC_m2_year = Annotated[float, "gC m-2 year-1"]
gN_m2_year = Annotated[float, "gN m-2 year-1"]
