"""The Algos runtime for Python: the reference evaluator, interview and explanation over verified bundles.

    algos = load("https://example.org/pain/", "keys.json")   # refuses, or returns something to trust
    step = algos.next_question(answers)                       # what to ask, or why to stop
    outcome = algos.assess(answers)                           # how urgent, what is likely, and why
    guide = algos.guide("low_back_spasm", outcome["advice"])  # what to do

Everything goes in and comes out as plain JSON values, the same as those of the JavaScript runtime.
"""

from engine.finding import KnowledgeError
from exports.accepted import Store
from exports.runtime.python.algos import Algos, load
from exports.runtime.python.follower import Follower, follow
from exports.sign.keys import KeySet
from exports.sign.refused import RefusedError
from exports.verify import Accepted

__all__ = ["Accepted", "Algos", "Follower", "KeySet", "KnowledgeError", "RefusedError", "Store", "follow", "load"]
