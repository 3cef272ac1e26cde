/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Real traffic between two namespaces over a bridge: with nothing attached, with an empty program at the hooks ctnet takes (both
 * directions of both host ends), and with ctnet; by TCX and by clsact. Short windows in turn, each ratio within one round, medians.
 */
#include <err.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/empty.h"
#include "bench/workloads.h"
#include "bpf/lab.h"
#include "observe/kernel/traffic.h"

#define PORT              7100
#define ROUNDS            7
#define SECONDS           0.6
#define HOOKS_OF_A_PACKET 2 /* ingress of the sender's host end, egress of the receiver's */

enum arm { BARE, EMPTY_TCX, CTNET_TCX, EMPTY_CLSACT, CTNET_CLSACT, ARMS };

static const char *const arm_names[ARMS] = { "nothing", "empty program, TCX", "ctnet, TCX", "empty program, clsact",
	                                     "ctnet, clsact" };

static struct lab {
	pid_t a, b, server;
	int ends[2]; /* host ends of both */
	int empty;
	int links[2][2];
	struct traffic_programs *programs;
} lab;

static void make_lab(void)
{
	if (lab_enter() != 0)
		errx(1, "needs root and a namespace of its own");
	lab.a = guest_start();
	lab.b = guest_start();
	if (shell("ip link add lab0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0 && ip link set lab0 up && "
	          "for g in %d:va:1 %d:vb:2; do IFS=: read pid end n <<-X\n$g\nX\n"
	          "ip link add $end type veth peer name eth0 netns $pid && ip link set $end master lab0 up && "
	          "nsenter -t $pid -n ip link set eth0 up && nsenter -t $pid -n ip addr add 10.9.0.$n/24 dev eth0 || exit 1; done",
	          (int)lab.a, (int)lab.b) != 0)
		errx(1, "cannot make the lab");
	lab.ends[0] = (int)if_nametoindex("va");
	lab.ends[1] = (int)if_nametoindex("vb");
	lab.empty = empty_load();
	lab.server = workload_serve(lab.b, PORT);
	if (lab.empty < 0 || lab.server < 0)
		errx(1, "cannot begin");
}

static int attach_ctnet(enum attach_mode mode)
{
	struct fault fault = { 0 };
	int r = traffic_open(mode, &lab.programs, &fault);

	for (size_t i = 0; i < ARRAY_SIZE(lab.ends) && r == 0; i++)
		r = traffic_attach(lab.programs, (uint32_t)lab.ends[i]);
	return r;
}

static int attach_empty(bool tcx)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(lab.ends) && r == 0; i++)
		r = tcx ? empty_attach_tcx(lab.empty, lab.ends[i], lab.links[i])
		        : empty_attach_clsact(lab.empty, lab.ends[i]);
	return r;
}

static int arm_attach(enum arm arm)
{
	switch (arm) {
	case EMPTY_TCX:
	case EMPTY_CLSACT:
		return attach_empty(arm == EMPTY_TCX);
	case CTNET_TCX:
		return attach_ctnet(ATTACH_TCX);
	case CTNET_CLSACT:
		return attach_ctnet(ATTACH_CLSACT);
	default:
		return 0;
	}
}

static void arm_detach(enum arm arm)
{
	for (size_t i = 0; i < ARRAY_SIZE(lab.ends); i++) {
		for (size_t d = 0; arm == EMPTY_TCX && d < 2; d++)
			(void)close(lab.links[i][d]);
		if (arm == EMPTY_CLSACT)
			empty_detach_clsact(lab.ends[i]);
	}
	traffic_free(lab.programs);
	lab.programs = NULL;
}

struct rounds {
	struct window window[ARMS][ROUNDS];
	bool there[ARMS]; /* this kernel can attach so */
};

static void run_rounds(enum workload workload, struct rounds *rounds)
{
	for (int arm = 0; arm < ARMS; arm++)
		rounds->there[arm] = true;
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < ARMS; i++) {
			enum arm arm = (enum arm)(round % 2 ? ARMS - 1 - i : i); /* no arm always after the same */

			if (!rounds->there[arm])
				continue;
			rounds->there[arm] = arm_attach(arm) == 0;
			if (rounds->there[arm] &&
			    workload_run(workload, lab.a, "10.9.0.2", PORT, SECONDS, &rounds->window[arm][round]) < 0)
				errx(1, "%s: the traffic did not run", workload_name(workload));
			arm_detach(arm);
		}
	}
}

/* ---- telling */

static void tell_arm(enum workload workload, const struct rounds *rounds, enum arm arm)
{
	double value[ROUNDS], ratio[ROUNDS], added[ROUNDS], latency[ROUNDS];
	const struct limit rate = { workload == UDP_SMALL || workload == TCP_STREAM ? AT_LEAST : NO_LIMIT,
		                    workload == UDP_SMALL ? 0.95 : 0.99 };
	const struct limit none = { NO_LIMIT, 0 };
	char what[96];

	for (size_t i = 0; i < ROUNDS; i++) {
		const struct window *w = &rounds->window[arm][i], *bare = &rounds->window[BARE][i];

		value[i] = w->value;
		ratio[i] = w->value / bare->value;
		added[i] = (1e9 / w->value - 1e9 / bare->value) / HOOKS_OF_A_PACKET;
		latency[i] = (w->latency - bare->latency) * 1e6;
	}
	(void)snprintf(what, sizeof(what), "%s: %s", workload_name(workload), arm_names[arm]);
	tell_rounds("traffic", what, value, ROUNDS, workload_unit(workload), none);
	if (arm == BARE)
		return;
	(void)snprintf(what, sizeof(what), "%s: %s / nothing", workload_name(workload), arm_names[arm]);
	tell_rounds("traffic", what, ratio, ROUNDS, "ratio", arm == CTNET_TCX ? rate : none);
	if (workload == UDP_SMALL) {
		(void)snprintf(what, sizeof(what), "%s: %s, added a packet and hook", workload_name(workload),
		               arm_names[arm]);
		tell_rounds("traffic", what, added, ROUNDS, "ns", none);
	}
	if (workload == TCP_ANSWER) {
		(void)snprintf(what, sizeof(what), "%s: %s, added to an answer", workload_name(workload),
		               arm_names[arm]);
		tell_rounds("traffic", what, latency, ROUNDS, "us", none);
	}
}

/* ctnet against an empty program at the same hooks. */
static void tell_counting(const struct rounds *rounds, enum arm ctnet, enum arm empty)
{
	const struct limit limit = { ctnet == CTNET_TCX ? AT_MOST : NO_LIMIT, 15 };
	double added[ROUNDS];
	char what[96];

	if (!rounds->there[ctnet] || !rounds->there[empty])
		return;
	for (size_t i = 0; i < ROUNDS; i++)
		added[i] = (1e9 / rounds->window[ctnet][i].value - 1e9 / rounds->window[empty][i].value) /
		           HOOKS_OF_A_PACKET;
	(void)snprintf(what, sizeof(what), "%s: %s above %s, a packet and hook", workload_name(UDP_SMALL),
	               arm_names[ctnet], arm_names[empty]);
	tell_rounds("traffic", what, added, ROUNDS, "ns", limit);
}

int main(void)
{
	struct window warm;

	make_lab();
	for (enum workload workload = 0; workload < WORKLOADS; workload++) {
		static struct rounds rounds;

		progress(workload_name(workload));
		(void)workload_run(workload, lab.a, "10.9.0.2", PORT, SECONDS, &warm);
		run_rounds(workload, &rounds);
		for (enum arm arm = 0; arm < ARMS; arm++) {
			if (rounds.there[arm])
				tell_arm(workload, &rounds, arm);
		}
		if (workload == UDP_SMALL) {
			tell_counting(&rounds, CTNET_TCX, EMPTY_TCX);
			tell_counting(&rounds, CTNET_CLSACT, EMPTY_CLSACT);
		}
	}
	guest_end(lab.server);
	guest_end(lab.a);
	guest_end(lab.b);
	return 0;
}
