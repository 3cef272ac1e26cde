/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What looking costs on a node with many containers: the first full look, as `ctnet ls` and as the agent take it, and a tick on which
 * nothing happens, in CPU time, allocations and system calls; with host ends, and counted inside.
 *
 * usage: bench_look [COUNT]        COUNT: containers (default 1000)
 */
#include "bench/bench.h"
#include "bench/look_lab.h"

#include <malloc.h>
#include <poll.h>

#include "app/node_options.h"
#include "app/textfile.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "observe/collector.h"

#define TEMPLATE_ID "9bd9c50c343edd12550298e7a04ae0aa8ddf7305f102da3bd6687fd3f7f5b169"
#define TEMPLATE    "tests/fixtures/docker/containers/" TEMPLATE_ID "/config.v2.json"
#define TICKS       41
#define TRACED      10 /* ticks */
#define LOOKS       5  /* one after the other, as ctnet ls */

/* ---- allocations: glibc lets a program have its own malloc */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static uint64_t allocations;

void *malloc(size_t size)
{
	allocations++;
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	allocations++;
	return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	allocations++;
	return __libc_realloc(old, size);
}

/* ---- the looks */

static double cpu_ms(void)
{
	return clock_seconds(CLOCK_PROCESS_CPUTIME_ID) * 1e3;
}

static const struct limit no_limit = { NO_LIMIT, 0 };

static void tell_one(const char *group, const char *what, double value, const char *unit, struct limit limit)
{
	tell(group, what, value, value, value, unit, limit);
}

static const struct snapshot *snapshot(struct collector *collector)
{
	const struct snapshot *snap;
	struct fault fault;

	if (collector_snapshot(collector, &snap, NULL, &fault) < 0)
		errx(1, "%s", fault.text);
	return snap;
}

static bool is_whole(const struct snapshot *snap, size_t count)
{
	size_t named = 0;

	for (size_t i = 0; i < snap->namespace_count; i++)
		named += snap->namespaces[i].kind == OWNER_DOCKER && snap->namespaces[i].interface_count == 1;
	return named == count;
}

/* A whole look, until there is a snapshot. @ret_ms: on a CPU */
static struct collector *first_look(const struct look_lab *lab, bool attach, double *ret_ms)
{
	const struct collector_options options = { .attach = attach,
		                                   .engine_roots = { { { "docker", LOOK_LAB_DIR } }, 1 } };
	struct collector *collector;
	struct fault fault;
	double start = cpu_ms();
	const struct snapshot *snap;

	if (collector_open(&options, &collector, &fault) < 0)
		errx(1, "%s", fault.text);
	snap = snapshot(collector);
	*ret_ms = cpu_ms() - start;
	if (!is_whole(snap, lab->count))
		errx(1, "the look has not all containers with their interface");
	return collector;
}

/* What the first ticks still settle is over when nothing wakes us up any more. */
static void settle(struct collector *collector)
{
	struct pollfd fd = { .fd = collector_fd(collector), .events = POLLIN };

	for (int i = 0; i < 3; i++) {
		while (poll(&fd, 1, 300) > 0)
			collector_dispatch(collector);
		(void)snapshot(collector);
	}
}

/* All that is allocated, wherever glibc put it. */
static double held_kb(void)
{
	struct mallinfo2 info = mallinfo2();

	return (double)(info.uordblks + info.hblkhd) / 1e3;
}

static void steady(const char *group, struct collector *collector)
{
	struct textfile textfile = { .dir = LOOK_LAB_DIR, .how = { .max_series = 1000000 } };
	double looks[TICKS], writes[TICKS];
	uint64_t allocated = 0;
	double held = 0;
	struct fault fault;

	for (size_t i = 0; i < TICKS; i++) {
		const struct snapshot *snap;
		uint64_t at = allocations;
		double start = cpu_ms();

		snap = snapshot(collector);
		looks[i] = cpu_ms() - start;
		allocated = allocations - at;
		start = cpu_ms();
		if (textfile_write(&textfile, snap, &fault) < 0)
			errx(1, "%s", fault.text);
		writes[i] = cpu_ms() - start;
		if (i == 3) /* two snapshots are kept, and the text has its room */
			held = held_kb();
	}
	tell_rounds(group, "a quiet tick: look", looks, TICKS, "ms of CPU", (struct limit){ AT_MOST, 5 });
	tell_rounds(group, "a quiet tick: write the textfile", writes, TICKS, "ms of CPU", no_limit);
	tell_one(group, "a quiet tick: allocations", (double)allocated, "", no_limit);
	tell_one(group, "memory that the ticks left", held_kb() - held, "kB", no_limit);
	textfile_close(&textfile, false);
}

/* ---- system calls, counted by strace */

static bool is_traced_by(pid_t tracer)
{
	_cleanup_buf_ struct buf status = BUF_INIT;
	const char *line;

	if (file_read_at(AT_FDCWD, "/proc/self/status", 65536, &status) < 0)
		return false;
	line = strstr(status.data, "TracerPid:");
	return line && strtol(line + strlen("TracerPid:"), NULL, 10) == tracer;
}

static pid_t start_strace(const char *out)
{
	pid_t pid = fork();
	char own[16];

	if (pid != 0)
		return pid;
	(void)snprintf(own, sizeof(own), "%d", (int)getppid());
	(void)execlp("strace", "strace", "-c", "-q", "-o", out, "-p", own, NULL);
	_exit(127);
}

/* The sum that strace -c ends with: "100.00 0.001 2 412 3 total", where the errors may be missing. */
static double total_calls(const char *table)
{
	const char *line = strstr(table, " total");
	double calls;

	while (line && line > table && line[-1] != '\n')
		line--;
	return line && sscanf(line, "%*f %*f %*f %lf", &calls) == 1 ? calls : -1;
}

static void traced(const char *group, struct collector *collector)
{
	static const char out[] = LOOK_LAB_DIR "/strace";
	_cleanup_buf_ struct buf table = BUF_INIT;
	pid_t tracer = start_strace(out);
	int status;

	while (!is_traced_by(tracer)) {
		if (waitpid(tracer, &status, WNOHANG) != 0) {
			progress("no strace, no system calls counted");
			return;
		}
		(void)poll(NULL, 0, 20);
	}
	for (int i = 0; i < TRACED; i++)
		(void)snapshot(collector);
	(void)kill(tracer, SIGINT);
	(void)waitpid(tracer, &status, 0);
	if (file_read_at(AT_FDCWD, out, 65536, &table) == 0 && table.len > 0)
		tell_one(group, "a quiet tick: system calls", total_calls(table.data) / TRACED, "", no_limit);
}

/* ---- the whole */

static void measure(const char *group, enum look_wiring wiring, size_t count, const char *template)
{
	static struct look_lab lab;
	struct collector *collector;
	double looks[LOOKS], attaching;

	progress(group);
	look_lab_make(&lab, count, wiring, template, TEMPLATE_ID);
	for (size_t i = 0; i < LOOKS; i++)
		collector_free(first_look(&lab, false, &looks[i]));
	tell_one(group, "first full look, as ctnet ls", looks[0], "ms of CPU", (struct limit){ AT_MOST, 300 });
	tell_rounds(group, "and again", looks + 1, LOOKS - 1, "ms of CPU", (struct limit){ AT_MOST, 300 });
	collector = first_look(&lab, true, &attaching);
	tell_one(group, "first full look, beginning to attach", attaching, "ms of CPU", no_limit);
	settle(collector);
	steady(group, collector);
	traced(group, collector);
	collector_free(collector);
	look_lab_end(&lab);
}

/* Each in a process of its own, with a node of its own. */
static void measure_apart(const char *group, enum look_wiring wiring, size_t count, const char *template)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		measure(group, wiring, count, template);
		exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		errx(1, "%s: failed", group);
}

int main(int argc, char **argv)
{
	_cleanup_buf_ struct buf template = BUF_INIT;
	size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;

	if (count == 0 || count > LOOK_LAB_MAX || argc > 2)
		errx(2, "usage: bench_look [COUNT], at most %d", LOOK_LAB_MAX);
	if (file_read_at(AT_FDCWD, TEMPLATE, 1 << 20, &template) < 0)
		err(2, "%s (run it in the source directory)", TEMPLATE);
	app_init();
	measure_apart("look: containers on a bridge", LOOK_BRIDGE, count, template.data);
	measure_apart("look: containers on macvlans, counted inside", LOOK_MACVLAN, count, template.data);
	return 0;
}
