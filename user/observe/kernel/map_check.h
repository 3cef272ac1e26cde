/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <linux/bpf.h>

/** Whether a descriptor is one of a map of this shape, with keys of four bytes. */
bool map_is(int fd, enum bpf_map_type type, uint32_t value_size, uint32_t entries);

/** The same with keys of another size. */
bool map_like(int fd, enum bpf_map_type type, uint32_t key_size, uint32_t value_size, uint32_t entries);
