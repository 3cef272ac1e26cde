/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A host and a guest joined by a pair, and ctnets that attach to it. After <cmocka.h>. */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "bpf/lab.h"
#include "observe/kernel/traffic.h"

enum { TCX_INGRESS = 46, TCX_EGRESS = 47, TCX_NEXT = -1, TCX_DROP = 2 }; /* uapi/linux/bpf.h of 6.6 */

static pid_t guest;
static const enum attach_mode tcx = ATTACH_TCX, clsact = ATTACH_CLSACT;

static inline int enter(void **state)
{
	if (lab_enter() != 0)
		return -1;
	guest = guest_start();
	return guest > 0 ? 0 : -1;
}

static inline int leave(void **state)
{
	guest_end(guest);
	return 0;
}

/* A pair for each test: "host" here, 10.0.0.1; "eth0" in the guest, 10.0.0.2. */
static inline int make_pair(void **state)
{
	return shell("ip link add host type veth peer name eth0 netns %d && ip addr add 10.0.0.1/24 dev host && "
	             "ip link set host up && nsenter -t %d -n ip addr add 10.0.0.2/24 dev eth0 && "
	             "nsenter -t %d -n ip link set eth0 up",
	             guest, guest, guest);
}

static inline int remove_pair(void **state)
{
	return shell("for link in host port1 port2 bridge0; do ip link del $link 2>/dev/null; done; true");
}

static inline uint32_t host(void)
{
	return if_nametoindex("host");
}

static inline struct traffic_programs *open_mode(enum attach_mode mode)
{
	struct traffic_programs *programs = NULL;
	struct fault fault = { 0 };

	if (traffic_open(mode, &programs, &fault) == -EOPNOTSUPP && mode == ATTACH_TCX) {
		print_message("%s\n", fault.text);
		skip();
	}
	assert_string_equal(fault.text, "");
	return programs;
}

static inline struct traffic_programs *open_attached(enum attach_mode mode)
{
	struct traffic_programs *programs = open_mode(mode);

	assert_int_equal(traffic_attach(programs, host()), 0);
	return programs;
}

/* Ten requests and their answers pass host. */
static inline void ping(void)
{
	assert_int_equal(shell("ping -q -c 10 -i 0.002 10.0.0.2 >/dev/null"), 0);
}

static inline uint64_t pings_seen_out(const struct traffic_programs *programs)
{
	struct ctnet_counters counters[CTNET_HOOKS];

	assert_int_equal(traffic_read(programs, host(), counters), 0);
	return counters[CTNET_EGRESS].by_class[CTNET_IPV4_ICMP].packets;
}

/* As many answers as requests. */
static inline uint64_t pings_seen(const struct traffic_programs *programs)
{
	struct ctnet_counters counters[CTNET_HOOKS];

	assert_int_equal(traffic_read(programs, host(), counters), 0);
	assert_int_equal(counters[CTNET_INGRESS].by_class[CTNET_IPV4_ICMP].packets, pings_seen_out(programs));
	return pings_seen_out(programs);
}

static inline unsigned int tcx_programs(void)
{
	unsigned int count = 0;

	for (int type = TCX_INGRESS; type <= TCX_EGRESS; type++) {
		LIBBPF_OPTS(bpf_prog_query_opts, query);

		if (bpf_prog_query_opts((int)host(), (enum bpf_attach_type)type, &query) == 0)
			count += query.prog_cnt;
	}
	return count;
}

static inline int filters(void)
{
	return atoi(output_of("{ tc filter show dev host ingress; tc filter show dev host egress; } | "
	                      "grep -c 'ctnet_[a-z]*gress'"));
}

static inline bool has_qdisc(void)
{
	return strstr(output_of("tc qdisc show dev host"), "clsact") != NULL;
}

/* ---------------------------------------------------------------- a ctnet that can be killed */

struct other {
	pid_t pid;
	int ended; /* closed: it ends as it should */
};

static inline struct other other_start(enum attach_mode mode)
{
	int ready[2], end[2];
	struct other other;
	char byte;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(end), 0);
	(void)fflush(NULL);
	other.pid = fork();
	if (other.pid == 0) {
		struct traffic_programs *programs;

		(void)close(end[1]);
		if (traffic_open(mode, &programs, NULL) < 0 || traffic_attach(programs, host()) < 0)
			_exit(1);
		(void)!write(ready[1], "", 1);
		(void)!read(end[0], &byte, 1);
		traffic_free(programs);
		_exit(0);
	}
	(void)close(ready[1]);
	(void)close(end[0]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	other.ended = end[1];
	return other;
}

static inline void other_end(struct other other)
{
	(void)close(other.ended);
	assert_int_equal(waitpid(other.pid, NULL, 0), other.pid);
}

static inline void other_kill(struct other other)
{
	assert_int_equal(kill(other.pid, SIGKILL), 0);
	other_end(other);
}

/* For tables of tests: each on a pair of its own, in one mode or in both. */
#define in_mode(f, mode)                                                                                               \
	{                                                                                                              \
#f " (" #mode ")", f, make_pair, remove_pair, (void *)(uintptr_t) & (mode)                             \
	}
#define in_both_modes(f) in_mode(f, tcx), in_mode(f, clsact)
#define on_a_pair(f)                                                                                                   \
	{                                                                                                              \
#f, f, make_pair, remove_pair, NULL                                                                    \
	}
