/* SPDX-License-Identifier: GPL-2.0-only */
/* The config.json of an OCI runtime, and the command line of any daemon: any bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "observe/owners/cmdline_parse.h"
#include "observe/owners/oci_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* Text that the parser gives is whole, and clean enough to be cleaned. */
static void check_text(const char *text)
{
	require(!text || (*text && text_is_utf8(text, strlen(text))));
}

static void parse_config(const char *text, size_t size)
{
	static const struct oci_annotation annotations[] = { { "nerdctl/name", 0 },
		                                             { "io.kubernetes.cri.sandbox-name", 1 } };
	struct oci_config config;

	if (oci_parse_config(text, size, annotations, ARRAY_SIZE(annotations), &config) < 0)
		return;
	for (size_t i = 0; i < OCI_SLOTS_MAX; i++) {
		require(i < 2 || !config.values[i]);
		check_text(config.values[i]);
	}
	check_text(config.cgroup);
	oci_config_free(&config);
}

static void parse_cmdline(const char *text, size_t size, enum cmdline_end until)
{
	static const struct cmdline_option options[] = {
		{ "--data-root", 0 }, { "-g", 0 }, { "--name", 1 }, { "-n", 1 }, { "--other", CMDLINE_IGNORED },
	};
	struct cmdline cmdline;
	char *path;

	if (cmdline_parse(text, size, options, ARRAY_SIZE(options), until, &cmdline) < 0)
		return;
	require(!cmdline.values[2] && !cmdline.values[3]);
	path = cmdline_take_path(&cmdline, 0);
	require(!path || path[0] == '/');
	free(path);
	cmdline_free(&cmdline);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	parse_config(text, size);
	parse_cmdline(text, size, CMDLINE_TO_END);
	parse_cmdline(text, size, CMDLINE_TO_COMMAND);
	return 0;
}
