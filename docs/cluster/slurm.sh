#!/bin/bash
#SBATCH --job-name=backstop
#SBATCH --array=0-99
#SBATCH --cpus-per-task=16
#SBATCH --mem=8G
#SBATCH --time=04:00:00
#SBATCH --requeue
# sbatch slurm.sh CONFIG FOLDER BLOCKS: each task of the array makes its part of the blocks of a run, in one folder.
set -euo pipefail
config=$1 folder=$2 blocks=$3
task=$SLURM_ARRAY_TASK_ID tasks=$SLURM_ARRAY_TASK_COUNT

first=$((blocks * task / tasks))
last=$((blocks * (task + 1) / tasks))
if ((first == last)); then exit 0; fi

# one kind of code on all nodes, whatever their CPUs; leave it out where all are alike
export NUMBA_CPU_NAME=x86-64-v3
exec backstop run "$config" --blocks "$first:$last" -o "$folder" --threads "$SLURM_CPUS_PER_TASK" --quiet
