#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# TCX, and kprobes beside it. What depends on neither is left to the kernel here and to 6.1: of neighbours' filters, exec, expose and path
# nothing else is found there.
. "$(dirname "$0")/suite.sh"
run_shells 6.12 "$vm"/../netns/test_{pairs,ls,agent,textfile}.sh
