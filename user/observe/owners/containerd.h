/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "observe/owners/owners.h"

/**
 * containerd by itself (ctr, nerdctl) and under Kubernetes, from the state of its running tasks
 * (STATE/io.containerd.runtime.v2.task/NAMESPACE/ID): no API, no socket. Docker's containers are Docker's to name.
 */
extern const struct owner_engine containerd_engine;
