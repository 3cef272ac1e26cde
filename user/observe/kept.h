/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "ctnet_pins.h"
#include "model/baseline.h"

/** What is kept of a meter for the next agent. @told: by hook. Pure. */
struct ctnet_kept kept_of(const struct baseline baseline[CTNET_HOOKS], const struct count told[CTNET_HOOKS]);

/** The way back: baselines, and what was told (may be NULL). A baseline that was not settled goes on being sampled. */
void kept_take_up(const struct ctnet_kept *kept, struct baseline baseline[CTNET_HOOKS], struct count told[CTNET_HOOKS]);
