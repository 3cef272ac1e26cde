/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"
#include "base/fault.h"

struct bpf_object;

/**
 * What our programs and maps take of the kernel. Names are those of the loaded objects and live as long as they do.
 */
struct kernel_price {
	int run_time;          /* keeps the kernel measuring while it is open; -1: not asked for */
	struct array maps;     /* of struct map_price */
	struct array programs; /* of struct program_price; none where it is not asked for */
};

/**
 * @measure: have the kernel keep runs and run time of all BPF programs of the machine, until kernel_price_close() or the end of this
 * process, whichever way it ends (BPF_ENABLE_STATS, 5.8). Before the programs are attached, so that no run is missing
 * @ret: empty; kernel_price_close() it; untouched on failure
 * Returns 0; or -EPERM, -EOPNOTSUPP or -errno with @fault filled.
 */
int kernel_price_open(bool measure, struct kernel_price *ret, struct fault *fault);

/** Forgets the rows; the memory stays for the next round. */
void kernel_price_clear(struct kernel_price *price);

/** Adds the maps of a loaded object, one that two objects share once, and its programs where they are measured. Returns 0 or -ENOMEM. */
int kernel_price_add(struct kernel_price *price, struct bpf_object *object);

/**
 * Adds one map that no object knows of.
 *
 * @name: must live as long as the rows
 * Returns 0 or -ENOMEM.
 */
int kernel_price_add_map(struct kernel_price *price, const char *name, uint64_t bytes);

/**
 * Kernel memory of a map in bytes, as its fdinfo has it (memlock): all of it since 6.4 (map_mem_usage() in
 * kernel/bpf/), the size of its entries before.
 * 0 where it cannot be read.
 */
uint64_t map_memory(int fd);

/** Accepts one that was closed already. */
void kernel_price_close(struct kernel_price *price);
