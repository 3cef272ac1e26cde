/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "observe/owners/owners.h"

/**
 * Podman of root and of users, from the files of its storage: no API, no socket, no database is opened. Where storage is not in its
 * default place, the conmon of a running container tells.
 */
extern const struct owner_engine podman_engine;
