/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: reader FILE COUNT VERSIONS FIRST LAST
 *
 * Opens and reads a file while somebody replaces it, COUNT times and on until it saw VERSIONS of it. Each time it must be there, begin with FIRST and have LAST at the
 * beginning of its last line, with a newline at the end. Prints how often it read and how many versions
 * it saw; or says what was wrong, exit status 1.
 */
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char text[4 * 1024 * 1024];

static size_t read_whole(const char *path, struct timespec *ret_written)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	size_t len = 0;
	ssize_t got;

	if (fd < 0 || fstat(fd, &st) < 0)
		err(1, "%s", path);
	while ((got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	if (got < 0)
		err(1, "%s", path);
	(void)close(fd);
	text[len] = '\0';
	*ret_written = st.st_mtim;
	return len;
}

static bool is_whole(size_t len, const char *first, const char *last)
{
	const char *line;

	if (len == 0 || text[len - 1] != '\n' || strncmp(text, first, strlen(first)) != 0)
		return false;
	line = memrchr(text, '\n', len - 1);
	return line && strncmp(line + 1, last, strlen(last)) == 0;
}

int main(int argc, char **argv)
{
	struct timespec before = { 0 };
	long count, wanted, reads = 0, versions = 0;

	if (argc != 6)
		errx(2, "usage: reader FILE COUNT VERSIONS FIRST LAST");
	count = strtol(argv[2], NULL, 10);
	wanted = strtol(argv[3], NULL, 10);
	for (; reads < count || versions < wanted; reads++) {
		struct timespec written;
		size_t len = read_whole(argv[1], &written);

		if (!is_whole(len, argv[4], argv[5]))
			errx(1, "read %ld: a partial file of %zu bytes", reads + 1, len);
		versions += written.tv_sec != before.tv_sec || written.tv_nsec != before.tv_nsec;
		before = written;
	}
	printf("%ld reads, %ld versions\n", reads, versions);
	return 0;
}
