"""What is kept of an arm's processes: its values, by name, and long lists of samples as their percentiles."""
import math
from typing import Any

Result = dict[str, Any]


def percentile(ordered: list[float], share: float) -> float:
    """Nearest rank: the smallest sample that at least this share of them does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def summary(samples: list[float]) -> dict[str, float]:
    ordered = sorted(samples)
    shares = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
    return {"count": len(ordered), "min": ordered[0], **{name: percentile(ordered, share) for name, share in shares.items()}, "max": ordered[-1]}


def rate(results: list[Result]) -> float:
    """Work per second of all processes together, from the first begin to the last end."""
    return sum(result["work"] for result in results) / (max(result["end"] for result in results) - min(result["begin"] for result in results))


def kept(result: Result) -> Result:
    """Samples become their summary; scores, which agreement.py compares, and losses go."""
    out = {key: value for key, value in result.items() if key not in ("scores", "loss")}
    if "seconds" in out and isinstance(out["seconds"], list):
        out["seconds"] = summary(out["seconds"])
    return out
