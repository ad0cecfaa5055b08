"""Do both sides compute the same? A faster arm that answers something else is no faster arm."""
import array
from typing import Any

ANSWERS = ("scores", "tensor")  # of an arm; compared and not kept
SCORES = 1e-4  # of logits, relative to the largest of the reference
PIXELS = 0.01  # of 255: the same function of the same numbers, brought to 0..255 in another precision
ESTIMATES = 1e-5
INTERVALS = 0.02  # both come from 10,000 draws of their own


def largest(ours: list[float], theirs: list[float]) -> float:
    return max(abs(a - b) for a, b in zip(ours, theirs, strict=True))


def verdict(what: str, difference: float, bound: float) -> str:
    return f"{'' if difference <= bound else 'DIFFERENT: '}{what} differ by at most {difference:.2g} (bound {bound:.2g})"


def check(measured: dict[str, Any]) -> dict[str, str]:
    """Group -> sentence; one that begins with DIFFERENT says that the arms don't do the same."""
    out = {}
    if {"predict.ours", "predict.python"} <= measured.keys():
        ours, theirs = (measured[f"predict.{side}"]["scores"] for side in ("ours", "python"))
        scale = max(abs(score) for score in theirs)
        out["latency"] = verdict("scores of all clips", largest(ours, theirs) / scale, SCORES)
    if {"predict.fused", "predict.python"} <= measured.keys():
        ours, theirs = (measured[f"predict.{side}"]["scores"] for side in ("fused", "python"))
        out["engine"] = verdict("scores of all clips", largest(ours, theirs) / max(abs(score) for score in theirs), SCORES)
    if {"flow.ours", "flow.python.1"} <= measured.keys():
        ours, theirs = (list(array.array("f", measured[arm]["tensor"])) for arm in ("flow.ours", "flow.python.1"))
        out["flow"] = verdict("flow images (0 to 255)", largest(ours, theirs), PIXELS)
    if {"bootstrap.ours", "bootstrap.multinomial"} <= measured.keys():
        ours, theirs = ([*measured[arm]["uf1"], *measured[arm]["uar"]] for arm in ("bootstrap.ours", "bootstrap.multinomial"))
        estimates = largest([ours[0], ours[3]], [theirs[0], theirs[3]])
        ends = largest(ours, theirs)
        out["bootstrap"] = verdict("estimates", estimates, ESTIMATES) if estimates > ESTIMATES else verdict("ends of intervals", ends, INTERVALS)
    return out
