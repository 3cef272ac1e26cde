/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Real traffic between two namespaces over a bridge: with nothing attached, with an empty program at the hooks ctnet takes (both
 * directions of both host ends), and with ctnet; by TCX and by clsact.
 *
 * Blocks of some 15 ms stand in mirrored order (nothing, empty, ctnet, ctnet, empty, ..., nothing): what drifts within a round is the same for
 * all. Each difference and ratio is taken within a round, and told as the median of all rounds with the interval in which the true
 * median lies with 95 %. Each round loads the programs anew: where they come to lie in memory makes some nanoseconds too.
 */
#include <err.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/empty.h"
#include "bench/swap.h"
#include "bench/workloads.h"
#include "bpf/lab.h"
#include "observe/kernel/traffic.h"

#define PORT              7100
#define HOOKS_OF_A_PACKET 2 /* ingress of the sender's host end, egress of the receiver's */
#define MAX_ROUNDS        40
#define MIN_ROUNDS        6 /* however slow the machine */
#define MAX_QUADS         (MAX_ROUNDS * 6)

enum arm { NOTHING, EMPTY, CTNET, ARMS };

/* How often, by workload, and half of it with clsact; a quad is empty, ctnet, ctnet, empty. */
static const struct {
	size_t rounds, quads;
	double seconds;     /* at most; MIN_ROUNDS are always done */
	double ratio_limit; /* 0: none */
} plan[WORKLOADS] = {
	[UDP_SMALL] = { 24, 6, 24, 0.95 },
	[TCP_STREAM] = { 40, 2, 20, 0.99 },
	[TCP_ANSWER] = { 24, 2, 12, 0 },
	[TCP_CONNECT] = { 24, 2, 12, 0 },
};

static struct lab {
	pid_t a, b, server;
	int ends[2]; /* host ends of both */
	int empty;
	enum attach_mode mode;
	struct traffic_programs *programs;
	struct swap swap;
	bool attached;
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
	lab.server = workload_serve(lab.b, PORT);
	if (lab.server < 0)
		errx(1, "cannot begin");
}

/* ---- who stands at the hooks */

static int load_programs(void)
{
	struct fault fault = { 0 };

	lab.empty = empty_load();
	return lab.empty < 0 ? lab.empty : traffic_open(lab.mode, &lab.programs, &fault);
}

static void unload_programs(void)
{
	traffic_free(lab.programs);
	lab.programs = NULL;
	(void)close(lab.empty);
}

static int attach_ctnet(void)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(lab.ends) && r == 0; i++)
		r = traffic_attach(lab.programs, (uint32_t)lab.ends[i]);
	return r;
}

static void detach_ctnet(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(lab.ends); i++)
		traffic_detach(lab.programs, (uint32_t)lab.ends[i]);
}

/* With TCX ctnet is attached once a round, and its links are lent to the empty program. */
static int stand_tcx(enum arm arm)
{
	int r = 0;

	if (arm == NOTHING) {
		swap_close(&lab.swap);
		detach_ctnet();
		lab.attached = false;
		return 0;
	}
	if (!lab.attached) {
		r = attach_ctnet();
		for (int hook = 0; hook < CTNET_HOOKS && r == 0; hook++)
			swap_find(&lab.swap, traffic_program_fd(lab.programs, (enum ctnet_hook)hook));
		if (r == 0 && lab.swap.count != SWAP_LINKS)
			r = -ENOENT;
		lab.attached = true;
	}
	return r ?: swap_to(&lab.swap, arm == EMPTY ? lab.empty : -1);
}

static int stand_clsact(enum arm arm)
{
	int r = 0;

	detach_ctnet();
	for (size_t i = 0; i < ARRAY_SIZE(lab.ends); i++)
		empty_detach_clsact(lab.ends[i]);
	for (size_t i = 0; arm == EMPTY && i < ARRAY_SIZE(lab.ends) && r == 0; i++)
		r = empty_attach_clsact(lab.empty, lab.ends[i]);
	return arm == CTNET ? attach_ctnet() : r;
}

static int stand(enum arm arm)
{
	return lab.mode == ATTACH_TCX ? stand_tcx(arm) : stand_clsact(arm);
}

/* ---- rounds */

struct results {
	double rate[ARMS][MAX_ROUNDS], per_cpu[ARMS][MAX_ROUNDS], latency[ARMS][MAX_ROUNDS];
	size_t rounds;
	double added[MAX_QUADS]; /* ns a packet and hook, ctnet above empty */
	size_t quads;
};

struct sum {
	double seconds, cpu, latency; /* for one unit, added up */
	size_t blocks;
};

/* Gives the CPU time of one unit. */
static double run_block(const struct sender *sender, enum arm arm, struct sum *sums)
{
	struct block block;
	int r = stand(arm);

	if (r < 0)
		errx(1, "cannot attach: %s", strerror(-r));
	if (sender_block(sender, &block) < 0)
		errx(1, "the traffic did not run");
	sums[arm].seconds += 1 / block.rate;
	sums[arm].cpu += 1 / block.per_cpu;
	sums[arm].latency += block.latency;
	sums[arm].blocks++;
	return 1 / block.per_cpu;
}

static void run_round(const struct sender *sender, size_t quads, struct results *results)
{
	struct sum sums[ARMS] = { 0 };
	size_t round = results->rounds++;

	(void)run_block(sender, NOTHING, sums);
	for (size_t i = 0; i < quads; i++) {
		double empty = run_block(sender, EMPTY, sums);
		double ctnet = run_block(sender, CTNET, sums);

		ctnet += run_block(sender, CTNET, sums);
		empty += run_block(sender, EMPTY, sums);
		results->added[results->quads++] = (ctnet - empty) / 2 / HOOKS_OF_A_PACKET * 1e9;
	}
	(void)run_block(sender, NOTHING, sums);
	for (int arm = 0; arm < ARMS; arm++) {
		results->rate[arm][round] = (double)sums[arm].blocks / sums[arm].seconds;
		results->per_cpu[arm][round] = (double)sums[arm].blocks / sums[arm].cpu;
		results->latency[arm][round] = sums[arm].latency / (double)sums[arm].blocks;
	}
}

static bool is_done(enum workload workload, size_t rounds, double seconds)
{
	size_t part = lab.mode == ATTACH_TCX ? 1 : 2;

	return rounds >= plan[workload].rounds / part ||
	       (rounds >= MIN_ROUNDS && seconds > plan[workload].seconds / (double)part);
}

static int run(enum workload workload, struct results *results)
{
	double start = clock_seconds(CLOCK_MONOTONIC);
	struct sender sender;
	struct block warm;

	if (sender_start(workload, lab.a, lab.server, "10.9.0.2", PORT, &sender) < 0)
		errx(1, "cannot send");
	for (int i = 0; i < 5; i++)
		(void)sender_block(&sender, &warm);
	while (!is_done(workload, results->rounds, clock_seconds(CLOCK_MONOTONIC) - start)) {
		int r = load_programs();

		if (r < 0) {
			sender_end(&sender);
			return r;
		}
		run_round(&sender, plan[workload].quads, results);
		unload_programs();
	}
	sender_end(&sender);
	return 0;
}

/* ---- telling */

static const char *arm_name(enum arm arm)
{
	static char name[32];

	if (arm == NOTHING)
		return "nothing";
	(void)snprintf(name, sizeof(name), "%s, %s", arm == EMPTY ? "empty program" : "ctnet",
	               lab.mode == ATTACH_TCX ? "TCX" : "clsact");
	return name;
}

static void tell_as(enum workload workload, enum arm arm, const char *suffix, double *values, size_t count,
                    const char *unit, struct limit limit)
{
	char what[96];

	(void)snprintf(what, sizeof(what), "%s: %s%s", workload_name(workload), arm_name(arm), suffix);
	tell_median("traffic", what, values, count, unit, limit);
}

static void tell_beside_nothing(enum workload workload, const struct results *results, enum arm arm)
{
	double ratio[MAX_ROUNDS], per_cpu[MAX_ROUNDS], later[MAX_ROUNDS];
	const struct limit none = { NO_LIMIT, 0 };
	const bool judged = plan[workload].ratio_limit > 0 && arm == CTNET && lab.mode == ATTACH_TCX;

	for (size_t i = 0; i < results->rounds; i++) {
		ratio[i] = results->rate[arm][i] / results->rate[NOTHING][i];
		per_cpu[i] = results->per_cpu[arm][i] / results->per_cpu[NOTHING][i];
		later[i] = (results->latency[arm][i] - results->latency[NOTHING][i]) * 1e6;
	}
	tell_as(workload, arm, " / nothing", ratio, results->rounds, "ratio",
	        judged ? (struct limit){ AT_LEAST, plan[workload].ratio_limit } : none);
	if (workload == TCP_STREAM)
		tell_as(workload, arm, " / nothing, bytes a CPU second", per_cpu, results->rounds, "ratio", none);
	if (workload == TCP_ANSWER)
		tell_as(workload, arm, ", added to an answer", later, results->rounds, "us", none);
}

static void tell_results(enum workload workload, struct results *results)
{
	const struct limit none = { NO_LIMIT, 0 };

	for (int arm = NOTHING; arm < ARMS; arm++) {
		if (arm != NOTHING)
			tell_beside_nothing(workload, results, (enum arm)arm);
		else if (lab.mode == ATTACH_TCX)
			tell_as(workload, NOTHING, "", results->rate[NOTHING], results->rounds, workload_unit(workload),
			        none);
	}
	if (workload == UDP_SMALL)
		tell_as(workload, CTNET, " above the empty program, a packet and hook", results->added, results->quads,
		        "ns", lab.mode == ATTACH_TCX ? (struct limit){ AT_MOST, 15 } : none);
}

int main(void)
{
	static const struct {
		enum attach_mode mode;
		const char *name;
	} modes[] = { { ATTACH_TCX, "TCX" }, { ATTACH_CLSACT, "clsact" } };

	make_lab();
	for (enum workload workload = 0; workload < WORKLOADS; workload++) {
		for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
			static struct results results;
			char what[64];

			memset(&results, 0, sizeof(results));
			lab.mode = modes[i].mode;
			(void)snprintf(what, sizeof(what), "%s, %s", workload_name(workload), modes[i].name);
			progress(what);
			if (run(workload, &results) < 0)
				progress("this kernel cannot attach so");
			else
				tell_results(workload, &results);
		}
	}
	guest_end(lab.server);
	guest_end(lab.a);
	guest_end(lab.b);
	return 0;
}
