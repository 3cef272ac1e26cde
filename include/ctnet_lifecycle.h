/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What bpf/lifecycle.bpf.c and its readers agree on. Fixed-width types only. A change of any layout here raises
 * CTNET_LIFECYCLE_LAYOUT.
 */
#pragma once

#ifndef __bpf__
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#endif

#define CTNET_LIFECYCLE_LAYOUT 1
