/* SPDX-License-Identifier: GPL-2.0-only */
#include "vm/lifecycle_lab.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static uint64_t monotonic(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void keep(const struct lifecycle_event *event, void *user)
{
	struct lab *lab = user;

	if (lab->count == lab->room) {
		lab->room = lab->room ? 2 * lab->room : 1024;
		lab->events = realloc(lab->events, lab->room * sizeof(*lab->events));
		assert_non_null(lab->events);
	}
	lab->events[lab->count++] = *event;
	lab->delivered[event->kind]++;
}

void lab_dispatch(struct lab *lab)
{
	assert_true(lifecycle_dispatch(lab->probes, keep, lab) >= 0);
}

static void nap(void)
{
	struct timespec time = { .tv_nsec = 5000000 };

	(void)nanosleep(&time, NULL);
}

static void fail_after(int seconds, uint64_t got, uint64_t wanted, enum ctnet_event_kind kind)
{
	fail_msg("after %d s %lu of %lu %s", seconds, got, wanted, lifecycle_kind_name(kind));
}

static uint64_t delivered_or_lost(const struct lab *lab, enum ctnet_event_kind kind)
{
	struct lifecycle_losses losses;

	lifecycle_losses(lab->probes, &losses);
	return lab->delivered[kind] + losses.events[kind];
}

void lab_wait_kind(struct lab *lab, enum ctnet_event_kind kind, uint64_t count, int seconds)
{
	uint64_t end = monotonic() + (uint64_t)seconds * 1000000000;

	for (lab_dispatch(lab); delivered_or_lost(lab, kind) < count; lab_dispatch(lab)) {
		if (monotonic() > end)
			fail_after(seconds, delivered_or_lost(lab, kind), count, kind);
		nap();
	}
}

void lab_wait_destroyed(struct lab *lab, uint64_t count, int seconds)
{
	lab_wait_kind(lab, CTNET_DESTROYED, count, seconds);
}

void lab_wait_unread(struct lab *lab, uint64_t destroyed, int seconds)
{
	uint64_t end = monotonic() + (uint64_t)seconds * 1000000000;

	while (lifecycle_seen(lab->probes, CTNET_DESTROYED) < destroyed) {
		if (monotonic() > end)
			fail_after(seconds, lifecycle_seen(lab->probes, CTNET_DESTROYED), destroyed, CTNET_DESTROYED);
		nap();
	}
}

size_t lab_count(const struct lab *lab, enum ctnet_event_kind kind)
{
	return lab->delivered[kind];
}

const struct lifecycle_event *lab_event(const struct lab *lab, enum ctnet_event_kind kind, size_t number)
{
	for (size_t i = 0; i < lab->count; i++) {
		if (lab->events[i].kind == kind && number-- == 0)
			return &lab->events[i];
	}
	fail_msg("there are only %zu events %s", lab_count(lab, kind), lifecycle_kind_name(kind));
	return NULL;
}

void assert_histogram(const struct histogram *histogram, uint64_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		sum += histogram->bucket[i];
	assert_int_equal(sum, count);
	assert_int_equal(histogram->count, count);
}

/* ---------------------------------------------------------------- children */

static pid_t start_child(void (*run)(void *argument), void *argument)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		run(argument);
		_exit(0);
	}
	return child;
}

static void end_child(pid_t child)
{
	int status = -1;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

void run_child(void (*run)(void *argument), void *argument)
{
	end_child(start_child(run, argument));
}

int run_any_child(void (*run)(void *argument), void *argument)
{
	int status = -1;
	pid_t child = start_child(run, argument);

	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

void *shared_alloc(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	return memory;
}

static void make_namespaces(void *argument)
{
	const size_t *each = argument;

	for (size_t i = 0; i < *each; i++) {
		if (unshare(CLONE_NEWNET))
			_exit(1);
	}
}

/* Forgets those that have ended. Returns how many are left. */
static size_t still_running(pid_t *children, size_t count)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		int status = 0;

		if (waitpid(children[i], &status, WNOHANG) == 0)
			children[left++] = children[i];
		else
			assert_int_equal(status, 0);
	}
	return left;
}

void lab_churn(struct lab *lab, size_t processes, size_t each)
{
	pid_t *children = calloc(processes, sizeof(*children));
	struct pollfd poll_for = { .fd = lifecycle_fd(lab->probes), .events = POLLIN };
	size_t left = processes;

	assert_non_null(children);
	for (size_t i = 0; i < processes; i++)
		children[i] = start_child(make_namespaces, &each);
	while (left > 0) {
		bool quiet = poll(&poll_for, 1, 100) == 0;

		lab_dispatch(lab);
		if (quiet || lifecycle_seen(lab->probes, CTNET_CREATED) >= processes * each)
			left = still_running(children, left);
	}
	free(children);
}

void lab_churn_unread(size_t each)
{
	run_child(make_namespaces, &each);
}

#define LIMIT          "/proc/sys/user/max_net_namespaces"
#define SETTLE_SECONDS 120

static size_t named_namespaces(void)
{
	DIR *dir = opendir("/run/netns");
	struct dirent *entry;
	size_t count = 0;

	while (dir && (entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	if (dir)
		(void)closedir(dir);
	return count;
}

/* Takes the one place that is left as soon as it is, and keeps it. */
static void take_place(void *argument)
{
	bool *taken = argument;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (unshare(CLONE_NEWNET)) {
		if (errno != ENOSPC)
			_exit(1);
		nap();
	}
	__atomic_store_n(taken, true, __ATOMIC_RELEASE);
	for (;;)
		(void)pause();
}

/*
 * Waits until the kernel's worker has nothing left of what was dropped before. It gives a namespace's place back last of all: where there may
 * be one more than those that have a name, it can be had when all the dead are gone. Who has it keeps it until the next time.
 */
void lab_settle(void)
{
	static pid_t keeper;
	bool *taken = shared_alloc(sizeof(*taken));
	uint64_t end = monotonic() + SETTLE_SECONDS * UINT64_C(1000000000);
	char limit[32], before[32];

	if (keeper > 0 && kill(keeper, SIGKILL) == 0)
		(void)waitpid(keeper, NULL, 0);
	lab_read_file(LIMIT, before, sizeof(before));
	(void)snprintf(limit, sizeof(limit), "%zu", named_namespaces() + 1);
	lab_write_file(LIMIT, limit);
	keeper = start_child(take_place, taken);
	while (!__atomic_load_n(taken, __ATOMIC_ACQUIRE)) {
		if (monotonic() > end)
			fail_msg("after %d s there are more than %s namespaces", SETTLE_SECONDS, limit);
		nap();
	}
	lab_write_file(LIMIT, before);
	(void)munmap(taken, sizeof(*taken));
}

int lab_try_unshare(void)
{
	size_t one = 1;

	return run_any_child(make_namespaces, &one);
}

void lab_open(struct lab *lab, const struct lifecycle_options *options)
{
	struct fault fault = { 0 };

	lab_settle();
	if (lifecycle_open(options, &lab->probes, &fault))
		fail_msg("%s", fault.text);
}

void lab_close(struct lab *lab)
{
	lifecycle_free(lab->probes);
	free(lab->events);
	*lab = (struct lab)LAB_INIT;
}

/* ---------------------------------------------------------------- the world */

uint64_t inode_of(const char *path)
{
	struct stat status;

	return stat(path, &status) ? 0 : status.st_ino;
}

void lab_read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = read(fd, text, size - 1);

	assert_true(got >= 0);
	text[got] = '\0';
	(void)close(fd);
}

void lab_write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
}

void run_ok(const char *command)
{
	if (system(command))
		fail_msg("fails: %s", command);
}

void run_not_ok(const char *command)
{
	if (system(command) == 0)
		fail_msg("does not fail: %s", command);
}
