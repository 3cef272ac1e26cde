/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/libbpf_log.h"

#include <string.h>

#include <bpf/libbpf.h>

void libbpf_log_silence(void)
{
	(void)libbpf_set_print(NULL);
}

/* print_verification_stats() in kernel/bpf/verifier.c ends every log with such lines. */
static int is_statistics(const char *line)
{
	static const char *const begins[] = { "processed ", "verification time ", "stack depth " };

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncmp(line, begins[i], strlen(begins[i])) == 0)
			return 1;
	return 0;
}

const char *libbpf_log_reason(char *log)
{
	char *end, *line;

	for (;;) {
		end = log + strlen(log);
		while (end > log && end[-1] == '\n')
			*--end = '\0';
		line = strrchr(log, '\n');
		line = line ? line + 1 : log;
		if (*line == '\0' || !is_statistics(line))
			return line;
		*line = '\0';
	}
}
