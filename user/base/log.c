/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static enum log_level max_level = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	max_level = level;
}

void log_line(enum log_level level, const char *format, ...)
{
	static const char priority[] = { '3', '4', '6', '7' }; /* syslog(3): err, warning, info, debug */
	char line[1024];
	va_list args;

	if (level > max_level)
		return;
	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (getenv("JOURNAL_STREAM")) /* systemd.exec(5): stderr goes to the journal */
		(void)fprintf(stderr, "<%c>", priority[level]);
	(void)fprintf(stderr, "%s: %s\n", program_invocation_short_name, line);
}
