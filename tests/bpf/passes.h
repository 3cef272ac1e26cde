/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Runs packets past the two programs with BPF_PROG_TEST_RUN and compares all that they counted. After <cmocka.h>. */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "bpf/lab.h"
#include "bpf/packet.h"
#include "observe/kernel/traffic.h"

#define LOOPBACK 1U /* where BPF_PROG_TEST_RUN pretends to be unless told otherwise */

static struct traffic_programs *programs;

static inline int open_programs(void **state)
{
	struct fault fault = { 0 };

	if (lab_enter() != 0)
		return -1;
	if (traffic_open(ATTACH_AUTO, &programs, &fault) < 0) {
		print_error("%s\n", fault.text);
		return -1;
	}
	return traffic_attach(programs, LOOPBACK);
}

static inline int close_programs(void **state)
{
	traffic_free(programs);
	return 0;
}

/* All that is counted on an interface, and lost. */
struct seen {
	struct ctnet_counters hook[CTNET_HOOKS];
	uint64_t lost[CTNET_TRAFFIC_LOSSES];
};

static inline struct seen look(uint32_t ifindex)
{
	struct seen seen;

	assert_int_equal(traffic_read(programs, ifindex, seen.hook), 0);
	traffic_losses(programs, seen.lost);
	return seen;
}

/* What one packet changes: all of it, so that nothing moves that should not. */
struct expected {
	enum ctnet_class class;
	uint64_t segments; /* beyond the one */
	uint64_t header;   /* bytes that each of these repeats */
	bool unparsed;
};

/* Runs a packet past a hook and compares: the verdict, the bytes, each counter. */
static inline void passes(const void *bytes, size_t len, enum ctnet_hook hook, const struct __sk_buff *context,
                          const struct expected *want)
{
	uint32_t ifindex = context && context->ifindex ? context->ifindex : LOOPBACK;
	unsigned char out[sizeof(((struct packet *)NULL)->bytes)];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = bytes, .data_size_in = (uint32_t)len, .data_out = out,
	            .data_size_out = sizeof(out), .ctx_in = context, .ctx_size_in = context ? sizeof(*context) : 0);
	struct seen after, model = look(ifindex);
	struct ctnet_counters *counters = &model.hook[hook];

	counters->by_class[want->class].packets += 1;
	counters->by_class[want->class].bytes += len;
	counters->more_segments += want->segments;
	counters->more_wire_bytes += want->segments * want->header;
	model.lost[CTNET_LOST_UNPARSED] += want->unparsed;

	assert_int_equal(bpf_prog_test_run_opts(traffic_program_fd(programs, hook), &opts), 0);
	assert_int_equal((int)opts.retval, -1);
	assert_int_equal(opts.data_size_out, len);
	assert_memory_equal(out, bytes, len);
	after = look(ifindex);
	assert_memory_equal(&after, &model, sizeof(model));
}
