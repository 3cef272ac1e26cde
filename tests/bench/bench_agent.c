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
#include "base/cleanup.h"
#include "model/price.h"
#include "observe/collector.h"

#define TICKS      15
#define MAX_SERIES 10000000

static const int sizes[] = { 10, 100, 1000, 5000 };

/* ---- what it holds */

static struct price price_now(void)
{
	struct price price = { 0 };

	process_price_read(&price);
	return price;
}

/* ---- one size */

struct agent {
	struct collector *collector;
	struct textfile textfile;
};

static void tick(struct agent *agent)
{
	const struct snapshot *snap;
	struct fault fault = { 0 };

	if (collector_snapshot(agent->collector, &snap, NULL, &fault) < 0 ||
	    textfile_write(&agent->textfile, snap, &fault) < 0)
		errx(1, "%s", fault.text);
}

static void start(struct agent *agent)
{
	const struct collector_options options = { .attach = true };
	struct fault fault = { 0 };

	if (collector_open(&options, &agent->collector, &fault) < 0 ||
	    textfile_open(&agent->textfile, "/run", &(struct prom_how){ .max_series = MAX_SERIES }, &fault) < 0)
		errx(1, "%s", fault.text);
	tick(agent);
}

static double median_tick(struct agent *agent, double *ret_low, double *ret_high)
{
	double took[TICKS];

	for (size_t i = 0; i < TICKS; i++) {
		double begin = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);

		collector_dispatch(agent->collector);
		tick(agent);
		took[i] = (clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin) * 1e3;
	}
	*ret_low = quantile(took, TICKS, 0.25);
	*ret_high = quantile(took, TICKS, 0.75);
	return quantile(took, TICKS, 0.5);
}

static void tell_size(int size, const char *what, double value, double low, double high, const char *unit, double limit)
{
	char text[96];

	(void)snprintf(text, sizeof(text), "%s, %d namespaces", what, size);
	tell("agent", text, value, low, high, unit,
	     (struct limit){ size == 1000 && limit > 0 ? AT_MOST : NO_LIMIT, limit });
}

/* The median tick, ms. */
static double measure(int size)
{
	struct price before = price_now(), after;
	double wall = clock_seconds(CLOCK_MONOTONIC), cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID), low, high, middle;
	struct agent agent = { NULL };

	start(&agent);
	wall = clock_seconds(CLOCK_MONOTONIC) - wall;
	cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	tell_size(size, "start to first textfile", wall, wall, wall, "s", 1.5);
	tell_size(size, "start to first textfile, CPU", cpu, cpu, cpu, "s", 0);
	middle = median_tick(&agent, &low, &high);
	tell_size(size, "one tick, CPU", middle, low, high, "ms", 10);
	after = price_now();
	tell_size(size, "resident memory", (double)after.resident_bytes / 1e6, 0, 0, "MB", 24);
	tell_size(size, "descriptors for each interface",
	          ((double)after.descriptors - (double)before.descriptors) / size, 0, 0, "descriptors", 0);
	collector_free(agent.collector);
	textfile_close(&agent.textfile, false);
	return middle;
}

/* In a child, so that no size finds the memory of the one before. */
static double measure_apart(int size)
{
	double middle = 0;
	int result[2], status;
	pid_t pid;

	if (pipe(result) < 0)
		err(1, "pipe");
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		middle = measure(size);
		_exit(write(result[1], &middle, sizeof(middle)) != sizeof(middle));
	}
	(void)close(result[1]);
	if (read(result[0], &middle, sizeof(middle)) != sizeof(middle) || waitpid(pid, &status, 0) != pid ||
	    status != 0)
		errx(1, "%d namespaces: the agent ended badly", size);
	(void)close(result[0]);
	return middle;
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
		ticks[i] = measure_apart(sizes[i]);
	}
	tell("agent", "growth of a tick from 1000 to 5000 namespaces", ticks[3] / ticks[2], 0, 0, "times",
	     (struct limit){ AT_MOST, 6 });
	return 0;
}
