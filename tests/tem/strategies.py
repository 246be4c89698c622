"""Any values the declared bounds allow, for tests that must hold for all of them."""

from hypothesis import strategies as st

from tem.ecosystem import Sky
from tem.parameters import ECOSYSTEMS, Parameters, ecosystems
from tem.schema import fields
from tem.variables import Pools

# Pools have no declared bounds: plants, soil and store as large as any start value may be.
LARGEST = {"vegc": 4e4, "vegns": 1e3, "vegnl": 1e2, "soc": 9e4, "son": 9e3, "availn": 50.0}
TRACE = 1e-9  # g m-2; a pool is empty or holds at least this
MOST_WARMTH = 6.05  # the respiration curve's largest value, near 33 °C


def any_parameters():
    """Parameters anywhere within their hard bounds."""
    return st.builds(
        Parameters, **{f.name: st.floats(f.about.low, f.about.high) for f in fields(Parameters)}
    )


def usual_parameters():
    """An ecosystem whose sliders stand anywhere in their usual ranges."""
    ranges = {f.name: st.floats(*f.about.usual) for f in fields(Parameters) if f.about.usual}
    return st.builds(
        lambda name, values: ecosystems()[name]._replace(**values),
        st.sampled_from(ECOSYSTEMS),
        st.fixed_dictionaries(ranges),
    )


def usual_rates():
    """An ecosystem whose rates each lie up to thrice or a third of what was fitted."""
    names = [f.name for f in fields(Parameters) if f.about.group == "rates"]
    factors = {name: st.floats(-1, 1).map(lambda x: 3.0**x) for name in names}
    return st.builds(
        lambda name, by: ecosystems()[name]._replace(
            **{key: getattr(ecosystems()[name], key) * factor for key, factor in by.items()}
        ),
        st.sampled_from(ECOSYSTEMS),
        st.fixed_dictionaries(factors),
    )


def any_pools():
    """Pools from empty to full."""
    full = {name: st.floats(TRACE, most) for name, most in LARGEST.items()}
    return st.builds(Pools, **{name: st.just(0.0) | some for name, some in full.items()})


def any_month():
    """What climate may permit in a month."""
    return st.builds(
        Sky,
        production=st.floats(0, 1),
        plant_warmth=st.floats(0, MOST_WARMTH),
        decomposition=st.floats(0, 0.5),
        diffusion=st.floats(0, 0.005),
        beyond_roots=st.floats(0, 50),
    )
