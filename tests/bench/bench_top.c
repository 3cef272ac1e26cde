/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What ctnet-top costs: the real program on a terminal of 120 by 40, on a node with 20 and with 1,000 namespaces: CPU of a refresh, time until a key
 * is answered, memory over the refreshes. The program stands beside tests/bench in the same build.
 */
#include "bench/bench.h"

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/node_lab.h"

#define FEW     20
#define MANY    1000
#define SECONDS 12 /* refreshes, one a second */
#define KEYS    60

struct top {
	pid_t pid;
	int terminal;
};

/* Takes what it draws until nothing comes for so long. Returns whether anything came. */
static bool drain(const struct top *top, int ms)
{
	struct pollfd fd = { .fd = top->terminal, .events = POLLIN };
	char drawn[65536];
	bool came = false;

	while (poll(&fd, 1, ms) > 0) {
		if (read(top->terminal, drawn, sizeof(drawn)) <= 0)
			errx(1, "ctnet-top ended");
		came = true;
	}
	return came;
}

static struct top start(const char *program, const char *delay)
{
	struct winsize size = { .ws_row = 40, .ws_col = 120 };
	struct top top;

	top.pid = forkpty(&top.terminal, NULL, NULL, &size);
	if (top.pid < 0)
		err(1, "forkpty");
	if (top.pid == 0) {
		(void)setenv("TERM", "xterm-256color", 1);
		(void)setenv("LC_ALL", "C.UTF-8", 1);
		(void)setenv("HOME", "/run", 1);
		(void)execl(program, program, "-d", delay, (char *)NULL);
		_exit(127);
	}
	return top;
}

static void end(struct top *top)
{
	int status;

	(void)!write(top->terminal, "q", 1);
	(void)drain(top, 500);
	(void)kill(top->pid, SIGTERM);
	(void)waitpid(top->pid, &status, 0);
	(void)close(top->terminal);
}

/* A number of /proc/PID/FILE, behind @label. */
static double proc_number(const struct top *top, const char *file, const char *label)
{
	char path[64], text[4096];
	const char *at;
	ssize_t len;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)top->pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (len <= 0)
		err(1, "%s", path);
	text[len] = '\0';
	at = strstr(text, label);
	return at ? strtod(at + strlen(label), NULL) : 0;
}

/* Milliseconds on a CPU so far. */
static double cpu_ms(const struct top *top)
{
	return proc_number(top, "schedstat", "") / 1e6;
}

/* Reads for so long, as a terminal does. */
static void watch(const struct top *top, double seconds)
{
	double until = clock_seconds(CLOCK_MONOTONIC) + seconds;
	struct pollfd fd = { .fd = top->terminal, .events = POLLIN };
	char drawn[65536];

	while (clock_seconds(CLOCK_MONOTONIC) < until) {
		if (poll(&fd, 1, 50) > 0 && read(top->terminal, drawn, sizeof(drawn)) <= 0)
			errx(1, "ctnet-top ended");
	}
}

/* Until it is attached to all, which takes two grace periods of RCU for each: then it wakes up for its clock alone. */
static void settle(const struct top *top)
{
	double before;
	int seconds = 0;

	do {
		before = proc_number(top, "status", "voluntary_ctxt_switches:");
		watch(top, 1);
	} while (++seconds < 90 && proc_number(top, "status", "voluntary_ctxt_switches:") - before > 10);
}

static void measure_refreshes(const struct top *top, int namespaces, struct limit limit)
{
	double rounds[SECONDS];
	double before;
	char what[96];

	settle(top);
	for (size_t i = 0; i < SECONDS; i++) {
		before = cpu_ms(top);
		watch(top, 1);
		rounds[i] = cpu_ms(top) - before;
	}
	(void)snprintf(what, sizeof(what), "CPU a second at one refresh a second, %d namespaces", namespaces);
	tell_rounds("ctnet-top", what, rounds, SECONDS, "ms", limit);
}

/* From the key until the screen begins to change. The clock is far away, so that nothing else draws. */
static void measure_keys(const struct top *top)
{
	static const char keys[] = "jjkGgtxXtebc?h";
	double rounds[KEYS];
	double from, cpu;

	(void)!write(top->terminal, "++++++++++", 10); /* to an hour */
	watch(top, 2);
	cpu = cpu_ms(top);
	for (size_t i = 0; i < KEYS; i++) {
		struct pollfd fd = { .fd = top->terminal, .events = POLLIN };

		(void)drain(top, 20);
		from = clock_seconds(CLOCK_MONOTONIC);
		(void)!write(top->terminal, &keys[i % (sizeof(keys) - 1)], 1);
		(void)poll(&fd, 1, 1000); /* one that has no effect has none to wait for */
		rounds[i] = (clock_seconds(CLOCK_MONOTONIC) - from) * 1e3;
		if (rounds[i] >= 999)
			rounds[i] = 0;
	}
	cpu = (cpu_ms(top) - cpu) / KEYS;
	tell("ctnet-top", "CPU of a key, 1000 namespaces", cpu, cpu, cpu, "ms", (struct limit){ NO_LIMIT, 0 });
	tell("ctnet-top", "a key answered, 1000 namespaces (95 of 100 keys)", quantile(rounds, KEYS, 0.95),
	     quantile(rounds, KEYS, 0.5), quantile(rounds, KEYS, 1), "ms", (struct limit){ AT_MOST, 50 });
}

/* Ten refreshes a second: 150 of them, after the first 150. */
static void measure_memory(const char *program)
{
	struct top top = start(program, "100ms");
	double before, after;

	watch(&top, 15);
	before = proc_number(&top, "status", "VmRSS:");
	watch(&top, 15);
	after = proc_number(&top, "status", "VmRSS:");
	tell("ctnet-top", "memory, 20 namespaces", before / 1e3, before / 1e3, after / 1e3, "MB",
	     (struct limit){ NO_LIMIT, 0 });
	end(&top);
}

int main(int argc, char **argv)
{
	char program[4096];
	struct top top;
	char *slash;

	/* a /proc of its own: the processes of this machine, and their namespaces, are no part of the node */
	if (getpid() != 1) {
		(void)execlp("unshare", "unshare", "--fork", "--pid", "--kill-child", "--mount-proc", argv[0],
		             (char *)NULL);
		err(1, "unshare");
	}

	/* BUILD/tests/bench/bench_top: BUILD/ctnet-top */
	(void)snprintf(program, sizeof(program), "%s", argv[0]);
	for (int i = 0; i < 3; i++) {
		slash = strrchr(program, '/');
		if (argc != 1 || !slash)
			errx(2, "usage: BUILD/tests/bench/bench_top");
		*slash = '\0';
	}
	(void)strcat(program, "/ctnet-top");
	node_enter();
	progress("ctnet-top beside 20 namespaces");
	node_fill(0, FEW);
	top = start(program, "1s");
	measure_refreshes(&top, FEW, (struct limit){ AT_MOST, 5 });
	end(&top);
	measure_memory(program);
	progress("ctnet-top beside 1000 namespaces");
	node_fill(FEW, MANY);
	top = start(program, "1s");
	measure_refreshes(&top, MANY, (struct limit){ AT_MOST, 15 });
	measure_keys(&top);
	end(&top);
	return 0;
}
