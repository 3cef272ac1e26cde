/* SPDX-License-Identifier: GPL-2.0-only */
/* Any bytes as a file of settings: what is taken can be written and read again, and no line is told twice or skipped. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/config_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
	if (!holds)
		abort();
}

static void reads_the_same_again(const struct config_setting *setting)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct config_setting again;
	struct config_text text;
	const char *why;

	config_write(&line, setting->name, setting->value);
	must(!line.failed);
	text = config_begin(line.data, line.len);
	must(config_next(&text, &again, &why) == 1);
	must(strcmp(again.name, setting->name) == 0 && strcmp(again.value, setting->value) == 0);
	must(config_next(&text, &again, &why) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf copy = BUF_INIT;
	struct config_setting setting;
	struct config_text text;
	unsigned int line = 0;
	unsigned int lines = 1;
	const char *why;
	int r;

	if (buf_append(&copy, data, size) < 0 || !copy.data)
		return 0;
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	text = config_begin(copy.data, copy.len);
	while ((r = config_next(&text, &setting, &why)) != 0) {
		must(text.line > line && text.line <= lines);
		line = text.line;
		must((r == 1) == (why == NULL));
		if (r != 1)
			continue;
		must(setting.name[0] != '\0' && config_value_fault(setting.value) == NULL);
		reads_the_same_again(&setting);
	}
	return 0;
}
