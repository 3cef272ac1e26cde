/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the agent takes of the machine, by the number of namespaces: from its start to the first textfile, one tick (read, enrich, render,
 * write), memory, descriptors. The agent's own parts, run in a child for each size, as ctnetd runs them.
 */
#include "bench/bench.h"
#include "bench/node_lab.h"

#include <poll.h>

#include "app/process_price.h"
#include "app/textfile.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "model/price.h"
#include "observe/collector.h"
#include "observe/kernel/kernel_price.h"

#define TICKS      15
#define MAX_SERIES 10000000

static const int sizes[] = { 10, 100, 1000, 5000 };

/* Where TCX is measured at all sizes: two grace periods an interface are more than a minute and a half for 5,000. */
#define MOST_BY_TCX 100

/* ---- one agent */

struct agent {
	struct collector *collector;
	struct textfile textfile;
};

static const struct snapshot *tick(struct agent *agent)
{
	const struct snapshot *snap;
	struct fault fault = { 0 };

	if (collector_snapshot(agent->collector, &snap, NULL, &fault) < 0 ||
	    textfile_write(&agent->textfile, snap, &fault) < 0)
		errx(1, "%s", fault.text);
	return snap;
}

static void start(struct agent *agent, enum attach_mode mode)
{
	const struct collector_options options = { .attach = true, .mode = mode };
	struct fault fault = { 0 };

	if (collector_open(&options, &agent->collector, &fault) < 0 ||
	    textfile_open(&agent->textfile, "/run", &(struct prom_how){ .max_series = MAX_SERIES }, &fault) < 0)
		errx(1, "%s", fault.text);
	(void)tick(agent);
}

/* All that is there is attached to. */
static void settle(struct agent *agent)
{
	while (snapshot_source(tick(agent), "traffic")->incomplete) {
	}
}

static void stop(struct agent *agent)
{
	collector_free(agent->collector);
	textfile_close(&agent->textfile, false);
}

static void tell_size(int size, const char *what, double value, double low, double high, const char *unit, double limit)
{
	char text[96];

	(void)snprintf(text, sizeof(text), "%s, %d namespaces", what, size);
	tell("agent", text, value, low, high, unit,
	     (struct limit){ size == 1000 && limit > 0 ? AT_MOST : NO_LIMIT, limit });
}

/* ---- its start, as ctnetd begins */

static double measure_start(int size)
{
	double wall = clock_seconds(CLOCK_MONOTONIC), cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
	struct price before = { 0 }, after = { 0 };
	struct agent agent = { NULL };

	process_price_read(&before);
	start(&agent, ATTACH_AUTO);
	wall = clock_seconds(CLOCK_MONOTONIC) - wall;
	cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	tell_size(size, "start to first textfile", wall, wall, wall, "s", 1.5);
	tell_size(size, "start to first textfile, CPU", cpu, cpu, cpu, "s", 0);
	if (size <= MOST_BY_TCX) {
		settle(&agent);
		process_price_read(&after);
		tell_size(size, "descriptors for each interface",
		          ((double)after.descriptors - (double)before.descriptors) / size, 0, 0, "descriptors", 0);
	}
	stop(&agent);
	return wall;
}

/* ---- later, with programs at all interfaces: by clsact, which is there at once and read in the same way */

static double median_tick(struct agent *agent, double *ret_low, double *ret_high)
{
	double took[TICKS];

	for (size_t i = 0; i < TICKS; i++) {
		double begin = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);

		collector_dispatch(agent->collector);
		(void)tick(agent);
		took[i] = (clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin) * 1e3;
	}
	*ret_low = quantile(took, TICKS, 0.25);
	*ret_high = quantile(took, TICKS, 0.75);
	return quantile(took, TICKS, 0.5);
}

static double map_bytes(const struct agent *agent)
{
	struct kernel_price price;
	struct fault fault = { 0 };
	double sum = 0;

	if (kernel_price_open(false, &price, &fault) < 0 || collector_price(agent->collector, &price) < 0)
		errx(1, "no price %s", fault.text);
	for (size_t i = 0; i < price.maps.count; i++)
		sum += (double)((const struct map_price *)array_at(&price.maps, i))->bytes;
	kernel_price_close(&price);
	return sum;
}

static double measure_ticks(int size)
{
	struct agent agent = { NULL };
	struct price price = { 0 };
	double low, high, middle;

	start(&agent, ATTACH_CLSACT);
	settle(&agent);
	middle = median_tick(&agent, &low, &high);
	tell_size(size, "one tick, CPU", middle, low, high, "ms", 10);
	process_price_read(&price);
	tell_size(size, "resident memory", (double)price.resident_bytes / 1e6, 0, 0, "MB", 24);
	tell_size(size, "kernel memory of maps for each interface", map_bytes(&agent) / size, 0, 0, "bytes", 0);
	stop(&agent);
	return middle;
}

/* In a child, so that no one finds the memory of the one before. */
static double measure_apart(double (*measure)(int size), int size)
{
	double figure = 0;
	int result[2], status;
	pid_t pid;

	if (pipe(result) < 0)
		err(1, "pipe");
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		figure = measure(size);
		_exit(write(result[1], &figure, sizeof(figure)) != sizeof(figure));
	}
	(void)close(result[1]);
	if (read(result[0], &figure, sizeof(figure)) != sizeof(figure) || waitpid(pid, &status, 0) != pid ||
	    status != 0)
		errx(1, "%d namespaces: the agent ended badly", size);
	(void)close(result[0]);
	return figure;
}

int main(void)
{
	double ticks[ARRAY_SIZE(sizes)] = { 0 };
	int there = 0;

	node_enter();
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "the agent with %d namespaces", sizes[i]);
		progress(text);
		node_fill(there, sizes[i]);
		there = sizes[i];
		(void)measure_apart(measure_start, sizes[i]);
		ticks[i] = measure_apart(measure_ticks, sizes[i]);
	}
	tell("agent", "growth of a tick from 1000 to 5000 namespaces", ticks[3] / ticks[2], 0, 0, "times",
	     (struct limit){ AT_MOST, 6 });
	return 0;
}
