"""Yardstick: Drain3 with its defaults over one file of {text, template} lines, one cluster id a line on stdout.

The last line is the number of seconds of the processor that the fastest run took. PYTHONPATH says where drain3 lies.
"""

import json
import sys
import time

from drain3 import TemplateMiner
from drain3.template_miner_config import TemplateMinerConfig

RUNS = 10

with open(sys.argv[1], encoding="utf-8") as lines:
    texts = [json.loads(line)["text"] for line in lines if line.strip()]
fastest = float("inf")
for run in range(RUNS):
    started_at = time.process_time()
    miner = TemplateMiner(config=TemplateMinerConfig())
    clusters = [miner.add_log_message(text)["cluster_id"] for text in texts]
    fastest = min(fastest, time.process_time() - started_at)
print("\n".join(map(str, clusters)))
print(fastest)
