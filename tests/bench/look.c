/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What looking costs on a node with many containers: the first full look, as `ctnet ls` and as the agent take it, and a steady tick, in CPU
 * time, allocations and system calls.
 *
 * usage: look COUNT TEMPLATE.json
 */
#include "bench/look_lab.h"

#include <malloc.h>
#include <poll.h>
#include <time.h>

#include "app/textfile.h"
#include "base/buf.h"
#include "base/file.h"
#include "observe/collector.h"

#define TEMPLATE_ID "9bd9c50c343edd12550298e7a04ae0aa8ddf7305f102da3bd6687fd3f7f5b169"
#define TICKS       41

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

/* ---- time on a CPU */

static double cpu_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static const struct snapshot *snapshot(struct collector *collector)
{
	const struct snapshot *snap;
	struct fault fault;

	if (collector_snapshot(collector, &snap, NULL, &fault) < 0)
		errx(1, "%s", fault.text);
	return snap;
}

static struct collector *first_look(const char *what, bool attach, double limit)
{
	const struct collector_options options = { .attach = attach,
		                                   .engine_roots = { { { "docker", LOOK_LAB_DIR } }, 1 } };
	struct collector *collector;
	const struct snapshot *snap;
	size_t named = 0;
	struct fault fault;
	double start = cpu_ms(), open;

	if (collector_open(&options, &collector, &fault) < 0)
		errx(1, "%s", fault.text);
	open = cpu_ms();
	snap = snapshot(collector);
	printf("%-40s %7.1f ms", what, cpu_ms() - start);
	if (limit > 0)
		printf("  (limit %.0f)", limit);
	for (size_t i = 0; i < snap->namespace_count; i++)
		named += snap->namespaces[i].kind == OWNER_DOCKER && snap->namespaces[i].interface_count == 1;
	printf("  opening %.1f  %zu namespaces, %zu of Docker with an interface\n", open - start, snap->namespace_count,
	       named);
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

static void tell(const char *what, double *values, size_t count, double limit)
{
	qsort(values, count, sizeof(*values), compare);
	printf("%-40s %7.2f ms", what, values[count / 2]);
	if (limit > 0)
		printf("  (limit %.0f)", limit);
	printf("  from %.2f to %.2f, %zu ticks\n", values[0], values[count - 1], count);
}

/* All that is allocated, wherever glibc put it. */
static double held_kb(void)
{
	struct mallinfo2 info = mallinfo2();

	return (double)(info.uordblks + info.hblkhd) / 1e3;
}

static void steady(struct collector *collector)
{
	struct textfile textfile = { .dir = LOOK_LAB_DIR, .how = { .max_series = 1000000 } };
	double looks[TICKS], writes[TICKS];
	uint64_t allocated = 0;
	double held = 0;
	struct fault fault;

	settle(collector);
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
	tell("a steady tick: look", looks, TICKS, 5);
	tell("a steady tick: write the textfile", writes, TICKS, 0);
	printf("%-40s %7llu\n", "allocations of the last look", (unsigned long long)allocated);
	printf("%-40s %+7.1f kB, of %.0f\n", "memory after all ticks", held_kb() - held, held);
	textfile_close(&textfile, false);
}

/* Ticks for whoever traces us: says so, waits for a line, ticks. */
static void traced(struct collector *collector, int ticks)
{
	char line[16];

	printf("trace %d\n", (int)getpid());
	(void)fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return;
	for (int i = 0; i < ticks; i++)
		(void)snapshot(collector);
	printf("traced\n");
	(void)fflush(stdout);
	(void)fgets(line, sizeof(line), stdin);
}

int main(int argc, char **argv)
{
	static struct look_lab lab;
	struct buf template = BUF_INIT;
	struct collector *collector;
	size_t count = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;

	if (count == 0 || count > LOOK_LAB_MAX || file_read_at(AT_FDCWD, argv[2], 1 << 20, &template) < 0)
		errx(2, "usage: look COUNT TEMPLATE.json");
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	look_lab_make(&lab, count, template.data, TEMPLATE_ID);
	collector_free(first_look("first full look, as ctnet ls", false, 300));
	collector = first_look("first full look, attaching", true, 0);
	steady(collector);
	traced(collector, 10);
	collector_free(collector);
	buf_free(&template);
	look_lab_end(&lab);
	return 0;
}
