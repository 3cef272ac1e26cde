/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>

int fault_set(struct fault *fault, int error, enum exit_code code, const char *format, ...)
{
	va_list args;

	if (!fault)
		return error;
	fault->code = code;
	va_start(args, format);
	(void)vsnprintf(fault->text, sizeof(fault->text), format, args);
	va_end(args);
	return error;
}
