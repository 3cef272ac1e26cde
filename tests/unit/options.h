/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A parser of options in a process of its own: argp ends the one that meets --help, or an option it does not know. */

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_WORDS 8

/* A command line of a program: its name, then the words up to a NULL. */
struct command_line {
	char *argv[MAX_WORDS + 2];
	int argc;
};

static inline struct command_line command_line(const char *name, const char *const words[MAX_WORDS])
{
	struct command_line line = { .argv = { (char *)name }, .argc = 1 };

	for (size_t i = 0; i < MAX_WORDS && words[i]; i++)
		line.argv[line.argc++] = (char *)words[i];
	return line;
}

/* How a process ended and what it said on stdout and stderr together. */
struct outcome {
	int status; /* -1: it did not end by itself */
	char said[16384];
};

/* Runs what returns an exit status in a child, and takes what it says. */
static inline struct outcome outcome_of(int (*what)(const struct command_line *), const struct command_line *line)
{
	struct outcome outcome = { .status = -1 };
	int status, ends[2];
	size_t len = 0;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)dup2(ends[1], STDERR_FILENO);
		(void)close(ends[0]);
		status = what(line);
		(void)fflush(NULL);
		_exit(status);
	}
	(void)close(ends[1]);
	while ((got = read(ends[0], outcome.said + len, sizeof(outcome.said) - 1 - len)) > 0)
		len += (size_t)got;
	(void)close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		outcome.status = WEXITSTATUS(status);
	return outcome;
}
