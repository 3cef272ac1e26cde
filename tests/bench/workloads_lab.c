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

#define PIECE    65536
#define DATAGRAM 22

static const struct {
	const char *name, *unit;
	uint32_t units; /* of a block */
	char letter;    /* what the client says first: what the server is to do */
} kinds[WORKLOADS] = {
	[UDP_SMALL] = { "UDP, 22 bytes", "packets/s", 3000, 0 },
	[TCP_STREAM] = { "TCP stream", "bytes/s", 48 << 20, 's' },
	[TCP_ANSWER] = { "TCP request and answer", "answers/s", 240, 'a' },
	[TCP_CONNECT] = { "TCP connections", "connections/s", 180, 'c' },
};

#define LATENCIES 240

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

/* Reads what the client announces and says when it is all there. */
static void receive_stream(int fd)
{
	static char piece[PIECE];
	uint32_t left;

	while (read(fd, &left, sizeof(left)) == sizeof(left)) {
		while (left > 0) {
			ssize_t got = read(fd, piece, left < sizeof(piece) ? left : sizeof(piece));

			if (got <= 0)
				return;
			left -= (uint32_t)got;
		}
		if (write(fd, "", 1) != 1)
			return;
	}
}

static void serve_connection(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		return;
	if (byte == kinds[TCP_STREAM].letter)
		receive_stream(fd);
	else if (byte == kinds[TCP_ANSWER].letter)
		while (read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1)
			;
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

/* What a sender has while it lasts. */
struct client {
	const char *address;
	int port;
	int fd; /* -1: TCP_CONNECT, which makes its own */
	double latencies[LATENCIES];
	size_t answers;
};

static void send_datagrams(struct client *client, uint32_t units)
{
	static const char payload[DATAGRAM];

	for (uint32_t i = 0; i < units; i++)
		(void)!send(client->fd, payload, sizeof(payload), 0);
}

static void send_stream(struct client *client, uint32_t units)
{
	static const char piece[PIECE];
	char done;

	if (write(client->fd, &units, sizeof(units)) != sizeof(units))
		err(1, "write");
	while (units > 0) {
		ssize_t put = write(client->fd, piece, units < sizeof(piece) ? units : sizeof(piece));

		if (put <= 0)
			err(1, "write");
		units -= (uint32_t)put;
	}
	if (read(client->fd, &done, 1) != 1)
		err(1, "the receiver went away");
}

static void ask(struct client *client, uint32_t units)
{
	char byte = 0;

	client->answers = 0;
	for (uint32_t i = 0; i < units; i++) {
		double before = clock_seconds(CLOCK_MONOTONIC);

		if (write(client->fd, &byte, 1) != 1 || read(client->fd, &byte, 1) != 1)
			err(1, "no answer");
		client->latencies[client->answers++] = clock_seconds(CLOCK_MONOTONIC) - before;
	}
}

static void connect_again_and_again(struct client *client, uint32_t units)
{
	const struct linger at_once = { .l_onoff = 1 }; /* no TIME_WAIT: ports would run out */

	for (uint32_t i = 0; i < units; i++) {
		_cleanup_close_ int fd = connected(SOCK_STREAM, client->address, client->port);
		char byte = kinds[TCP_CONNECT].letter;

		if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 0)
			errx(1, "a connection was not served");
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	}
}

static void (*const send_units[WORKLOADS])(struct client *, uint32_t) = {
	[UDP_SMALL] = send_datagrams,
	[TCP_STREAM] = send_stream,
	[TCP_ANSWER] = ask,
	[TCP_CONNECT] = connect_again_and_again,
};

static struct block send_block(enum workload workload, struct client *client, clockid_t server)
{
	double start, cpu, wall;

	send_units[workload](client, kinds[workload].units / 20);
	start = clock_seconds(CLOCK_MONOTONIC);
	cpu = clock_seconds(CLOCK_THREAD_CPUTIME_ID) + clock_seconds(server);
	send_units[workload](client, kinds[workload].units);
	wall = clock_seconds(CLOCK_MONOTONIC) - start;
	cpu = clock_seconds(CLOCK_THREAD_CPUTIME_ID) + clock_seconds(server) - cpu;
	return (struct block){
		.rate = kinds[workload].units / (workload == UDP_SMALL ? cpu : wall),
		.per_cpu = kinds[workload].units / cpu,
		.latency = client->answers ? quantile(client->latencies, client->answers, 0.5) : 0,
	};
}

static void serve_parent(enum workload workload, pid_t server, const char *address, int port, int ask, int told)
{
	static struct client client;
	clockid_t server_clock;
	char byte;

	client.address = address;
	client.port = port;
	client.fd = workload == TCP_CONNECT
	                    ? -1
	                    : connected(workload == UDP_SMALL ? SOCK_DGRAM : SOCK_STREAM, address, port);
	if (workload != TCP_CONNECT && workload != UDP_SMALL && write(client.fd, &kinds[workload].letter, 1) != 1)
		err(1, "write");
	if (clock_getcpuclockid(server, &server_clock) != 0)
		errx(1, "no CPU clock of the server");
	while (read(ask, &byte, 1) == 1) {
		struct block block = send_block(workload, &client, server_clock);

		if (write(told, &block, sizeof(block)) != sizeof(block))
			break;
	}
}

int sender_start(enum workload workload, pid_t guest, pid_t server, const char *address, int port, struct sender *ret)
{
	int ask[2], told[2];
	pid_t pid;

	if (pipe2(ask, O_CLOEXEC) < 0 || pipe2(told, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)close(ask[1]);
		enter(guest);
		pin((int)sysconf(_SC_NPROCESSORS_ONLN) - 1);
		serve_parent(workload, server, address, port, ask[0], told[1]);
		_exit(0);
	}
	(void)close(ask[0]);
	(void)close(told[1]);
	*ret = (struct sender){ .pid = pid, .ask = ask[1], .told = told[0] };
	return pid > 0 ? 0 : -1;
}

int sender_block(const struct sender *sender, struct block *ret)
{
	return write(sender->ask, "", 1) == 1 && read(sender->told, ret, sizeof(*ret)) == sizeof(*ret) ? 0 : -1;
}

void sender_end(struct sender *sender)
{
	int status;

	(void)close(sender->ask);
	(void)close(sender->told);
	(void)waitpid(sender->pid, &status, 0);
}
