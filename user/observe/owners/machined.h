/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "observe/owners/owners.h"

/**
 * Machines of systemd: those registered with systemd-machined (/run/systemd/machines), and containers of a systemd-nspawn that was told
 * not to register.
 */
extern const struct owner_engine nspawn_engine;
