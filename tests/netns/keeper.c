/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads every version of the agent's textfile and keeps the highest value that each series had in any of them:
 *
 *	keeper DIRECTORY FILE METRIC...
 *
 * Woken by the rename, so no version stands too shortly to be read, unless the next one comes before this process had its turn: such a one is counted as
 * missed. Says "ready" first. At its end (SIGTERM): "versions READ missed COUNT", then one line for each series, "SERIES VALUE".
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <search.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

struct series {
	double most;
	char text[];
};

static void *kept; /* a tree of struct series */
static unsigned long versions, renames;

static int compare(const void *a, const void *b)
{
	const struct series *x = a, *y = b;

	return strcmp(x->text, y->text);
}

/* "NAME{LABELS} VALUE" */
static void keep(const char *line)
{
	const char *space = strrchr(line, ' ');
	struct series *one, **known;
	double value;

	if (!space)
		return;
	value = strtod(space, NULL);
	one = calloc(1, sizeof(*one) + (size_t)(space - line) + 1);
	if (!one)
		err(1, "memory");
	memcpy(one->text, line, (size_t)(space - line));
	one->most = value;
	known = tsearch(one, &kept, compare);
	if (!known)
		err(1, "memory");
	if (*known != one) {
		if (value > (*known)->most)
			(*known)->most = value;
		free(one);
	}
}

static bool is_wanted(const char *line, char **metrics)
{
	for (; *metrics; metrics++) {
		size_t len = strlen(*metrics);

		if (strncmp(line, *metrics, len) == 0 && (line[len] == '{' || line[len] == ' '))
			return true;
	}
	return false;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void read_version(const char *path, char **metrics)
{
	static struct stat last; /* each version is a file of its own */
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	struct stat st;

	if (!file) /* the agent has ended */
		return;
	if (fstat(fileno(file), &st) == 0 && !is_same(&st, &last)) {
		last = st;
		versions++;
		while (getline(&line, &size, file) > 0) {
			if (is_wanted(line, metrics))
				keep(line);
		}
	}
	free(line);
	(void)fclose(file);
}

static void take_events(int inotify, const char *name)
{
	_Alignas(struct inotify_event) char events[16384];
	ssize_t len;

	while ((len = read(inotify, events, sizeof(events))) > 0) {
		for (ssize_t at = 0; at < len;) {
			const struct inotify_event *event = (const struct inotify_event *)(void *)(events + at);

			if (event->len > 0 && strcmp(event->name, name) == 0)
				renames++;
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	}
}

static void say(const void *node, VISIT visit, int depth)
{
	const struct series *one = *(struct series *const *)node;

	(void)depth;
	if (visit == postorder || visit == leaf)
		(void)printf("%s %.0f\n", one->text, one->most);
}

int main(int argc, char **argv)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	char path[PATH_MAX];
	sigset_t end;

	if (argc < 4)
		errx(2, "usage: keeper DIRECTORY FILE METRIC...");
	(void)snprintf(path, sizeof(path), "%s/%s", argv[1], argv[2]);
	(void)sigemptyset(&end);
	(void)sigaddset(&end, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &end, NULL);
	(void)setpriority(PRIO_PROCESS, 0, -10); /* its turn comes soon on a busy machine too */
	fds[0].fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	fds[1].fd = signalfd(-1, &end, SFD_CLOEXEC);
	if (fds[0].fd < 0 || inotify_add_watch(fds[0].fd, argv[1], IN_MOVED_TO) < 0)
		err(1, "%s", argv[1]);
	(void)puts("ready");
	(void)fflush(stdout);
	while (!fds[1].revents) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			err(1, "poll");
		take_events(fds[0].fd, argv[2]);
		read_version(path, argv + 3);
	}
	(void)printf("versions %lu missed %ld\n", versions, (long)(renames - versions));
	twalk(kept, say);
	return 0;
}
