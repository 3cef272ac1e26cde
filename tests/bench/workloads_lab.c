/* SPDX-License-Identifier: GPL-2.0-only */
#include "bench/workloads.h"

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "bench/bench.h"

#define PIECE     65536
#define DATAGRAM  22
#define LATENCIES 200000

static const struct {
	const char *name, *unit;
	char letter; /* what the client says first: what the server is to do */
} kinds[WORKLOADS] = {
	[UDP_SMALL] = { "UDP, 22 bytes", "packets/s", 0 },
	[TCP_STREAM] = { "TCP stream", "bytes/s", 's' },
	[TCP_ANSWER] = { "TCP request and answer", "answers/s", 'a' },
	[TCP_CONNECT] = { "TCP connections", "connections/s", 'c' },
};

const char *workload_name(enum workload workload)
{
	return kinds[workload].name;
}

const char *workload_unit(enum workload workload)
{
	return kinds[workload].unit;
}

static void enter(pid_t guest)
{
	char path[64];
	_cleanup_close_ int fd = -1;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)guest);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		err(1, "%s", path);
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	(void)sched_setaffinity(0, sizeof(set), &set);
}

static struct sockaddr_in socket_address(const char *text, int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	if (text && inet_pton(AF_INET, text, &address.sin_addr) != 1)
		errx(2, "%s: not an address", text);
	return address;
}

/* ---- the server */

static void serve_connection(int fd)
{
	static char piece[PIECE];
	ssize_t got;

	if (read(fd, piece, 1) != 1)
		return;
	switch (piece[0]) {
	case 's':
		while (read(fd, piece, sizeof(piece)) > 0)
			;
		break;
	case 'a':
		while ((got = read(fd, piece, 1)) == 1 && write(fd, piece, 1) == 1)
			;
		break;
	default:
		break;
	}
}

static int listening(int type, int port)
{
	struct sockaddr_in address = socket_address(NULL, port);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	int one = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		err(1, "port %d", port);
	return fd;
}

static void serve(int port)
{
	int datagrams = listening(SOCK_DGRAM, port); /* never read: a full queue costs the same in every round */
	int fd = listening(SOCK_STREAM, port);
	int one = 1;

	(void)datagrams;
	if (listen(fd, 64) < 0)
		err(1, "listen");
	for (;;) {
		int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (connection < 0)
			continue;
		(void)setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		serve_connection(connection);
		(void)close(connection);
	}
}

pid_t workload_serve(pid_t guest, int port)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		enter(guest);
		pin(0);
		serve(port);
	}
	return pid;
}

/* ---- the client */

static int connected(int type, const char *text, int port)
{
	struct sockaddr_in address = socket_address(text, port);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	int one = 1;

	for (int i = 0; i < 100; i++) { /* the server may not listen yet */
		if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
			if (type == SOCK_STREAM)
				(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
			return fd;
		}
		(void)usleep(10000);
	}
	err(1, "connect to %s", text);
}

static void send_datagrams(const char *address, int port, double seconds, struct window *ret)
{
	static const char payload[DATAGRAM];
	_cleanup_close_ int fd = connected(SOCK_DGRAM, address, port);
	double start = clock_seconds(CLOCK_MONOTONIC), end;
	uint64_t sent = 0;

	do {
		for (int i = 0; i < 256; i++)
			sent += send(fd, payload, sizeof(payload), 0) > 0;
		end = clock_seconds(CLOCK_MONOTONIC);
	} while (end - start < seconds);
	ret->value = (double)sent / (end - start);
}

static void send_stream(const char *address, int port, double seconds, struct window *ret)
{
	static char piece[PIECE];
	_cleanup_close_ int fd = connected(SOCK_STREAM, address, port);
	double start = clock_seconds(CLOCK_MONOTONIC), end;
	uint64_t sent = 0;

	piece[0] = kinds[TCP_STREAM].letter;
	do {
		ssize_t put = write(fd, piece, sizeof(piece));

		sent += put > 0 ? (uint64_t)put : 0;
		end = clock_seconds(CLOCK_MONOTONIC);
	} while (end - start < seconds);
	ret->value = (double)sent / (end - start);
}

static void ask(const char *address, int port, double seconds, struct window *ret)
{
	static double latencies[LATENCIES];
	_cleanup_close_ int fd = connected(SOCK_STREAM, address, port);
	double start = clock_seconds(CLOCK_MONOTONIC), before = start, now = start;
	size_t answers = 0;
	char byte = kinds[TCP_ANSWER].letter;

	if (write(fd, &byte, 1) != 1)
		err(1, "write");
	while (now - start < seconds && answers < LATENCIES) {
		if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1)
			err(1, "no answer");
		now = clock_seconds(CLOCK_MONOTONIC);
		latencies[answers++] = now - before;
		before = now;
	}
	ret->value = (double)answers / (now - start);
	ret->latency = quantile(latencies, answers, 0.5);
}

static void connect_again_and_again(const char *address, int port, double seconds, struct window *ret)
{
	double start = clock_seconds(CLOCK_MONOTONIC), end;
	const struct linger at_once = { .l_onoff = 1 }; /* no TIME_WAIT: ports would run out */
	char byte = kinds[TCP_CONNECT].letter;
	uint64_t made = 0;

	do {
		_cleanup_close_ int fd = connected(SOCK_STREAM, address, port);

		if (write(fd, &byte, 1) == 1 && read(fd, &byte, 1) == 0)
			made++;
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		byte = kinds[TCP_CONNECT].letter;
		end = clock_seconds(CLOCK_MONOTONIC);
	} while (end - start < seconds);
	ret->value = (double)made / (end - start);
}

static void (*const clients[WORKLOADS])(const char *, int, double, struct window *) = {
	[UDP_SMALL] = send_datagrams,
	[TCP_STREAM] = send_stream,
	[TCP_ANSWER] = ask,
	[TCP_CONNECT] = connect_again_and_again,
};

int workload_run(enum workload workload, pid_t guest, const char *address, int port, double seconds, struct window *ret)
{
	struct window window = { 0 };
	int result[2], status;
	ssize_t got;
	pid_t pid;

	if (pipe2(result, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		enter(guest);
		pin((int)sysconf(_SC_NPROCESSORS_ONLN) - 1);
		clients[workload](address, port, seconds, &window);
		_exit(write(result[1], &window, sizeof(window)) != sizeof(window));
	}
	(void)close(result[1]);
	got = read(result[0], ret, sizeof(*ret));
	(void)close(result[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return got == sizeof(*ret) && status == 0 ? 0 : -1;
}
