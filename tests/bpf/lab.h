/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A private network namespace that plays the host. It is this process's own and ends with it: no name, no file. */

/* Runs a shell command and gives its exit status; what it says goes where ours goes. */
static inline int shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline int shell(const char *format, ...)
{
	char command[2048];
	va_list args;
	int status;

	va_start(args, format);
	(void)vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	(void)fflush(NULL);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* As shell(), but gives what the command printed, "" where it printed nothing. Overwritten by the next call. */
static inline const char *output_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline const char *output_of(const char *format, ...)
{
	static char out[65536];
	char command[2048];
	va_list args;
	size_t len;
	FILE *f;

	va_start(args, format);
	(void)vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	(void)fflush(NULL);
	f = popen(command, "r");
	len = f ? fread(out, 1, sizeof(out) - 1, f) : 0;
	out[len] = '\0';
	if (f)
		(void)pclose(f);
	return out;
}

/* Moves this process into a new namespace, without IPv6 on new interfaces: nothing sends there but the test. */
static inline int lab_enter(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		return -errno;
	return shell("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1");
}

/* A process in a namespace of its own, below this one; ends with us. Returns its process id, or -1. */
static inline pid_t guest_start(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready) < 0)
		return -1;
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (lab_enter() != 0)
			_exit(1);
		(void)!write(ready[1], "", 1);
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	if (pid > 0 && read(ready[0], &byte, 1) != 1) {
		(void)waitpid(pid, NULL, 0);
		pid = -1;
	}
	(void)close(ready[0]);
	return pid;
}

static inline void guest_end(pid_t pid)
{
	if (pid > 0) {
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
	}
}

/* What the kernel counted on a device of ours. */
struct device_count {
	unsigned long long rx_bytes, rx_packets, tx_bytes, tx_packets, tx_dropped;
};

static inline bool device_read(const char *name, struct device_count *ret)
{
	char line[512], device[64];
	FILE *f = fopen("/proc/self/net/dev", "re");
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, " %63[^:]: %llu %llu %*u %*u %*u %*u %*u %*u %llu %llu %*u %llu", device,
		               &ret->rx_bytes, &ret->rx_packets, &ret->tx_bytes, &ret->tx_packets,
		               &ret->tx_dropped) == 6 &&
		        strcmp(device, name) == 0;
	if (f)
		(void)fclose(f);
	return found;
}
