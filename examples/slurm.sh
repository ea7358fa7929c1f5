#!/bin/bash
# A sweep as an array of 16 tasks: sbatch --array=1-16 examples/slurm.sh
# Each task runs its part of the jobs on the cores that it is given, into a folder of its own; a task that is run again goes on.
# Afterwards: deno task sweep merge runs/part-* --out runs/whole && deno task sweep report runs/whole
#SBATCH --job-name=resland-sweep
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --output=runs/slurm-%a.log
set -euo pipefail

deno task sweep --config "${SWEEP:-examples/sweep.json}" \
  --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
  --out "runs/part-$SLURM_ARRAY_TASK_ID" \
  --workers "${SLURM_CPUS_PER_TASK:-1}" --quiet
