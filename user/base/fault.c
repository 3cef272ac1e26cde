/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

int fault_set(struct fault *fault, int error, enum exit_code code, const char *format, ...)
{
	char text[sizeof(fault->text)];
	va_list args;

	if (!fault)
		return error;
	fault->code = code;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* names in it are other people's: no newline, no escape sequence reaches the terminal */
	(void)text_clean(text, strlen(text), fault->text, sizeof(fault->text));
	return error;
}
