/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process that goes from one network namespace to another and back, as fast as it can:
 *
 *	mover NETNS_FILE NETNS_FILE
 *
 * Says "ready" when it has begun; ends with a signal.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	int there[2];

	if (argc != 3)
		errx(2, "usage: mover NETNS_FILE NETNS_FILE");
	for (int i = 0; i < 2; i++) {
		there[i] = open(argv[i + 1], O_RDONLY | O_CLOEXEC);
		if (there[i] < 0)
			err(1, "%s", argv[i + 1]);
	}
	for (unsigned long i = 0;; i++) {
		if (setns(there[i % 2], CLONE_NEWNET) < 0)
			err(1, "setns");
		if (i == 1 && (puts("ready") < 0 || fflush(stdout) != 0))
			err(1, "stdout");
	}
}
