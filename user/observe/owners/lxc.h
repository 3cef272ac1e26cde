/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "observe/owners/owners.h"

/**
 * LXC, LXD and Incus: a container has the name that its cgroup has, if the process that watches over it says the same.
 */
extern const struct owner_engine lxc_engine;
