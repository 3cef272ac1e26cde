/* SPDX-License-Identifier: GPL-2.0-only */
#include <argp.h>

#include "app/top_options.h"
#include "app/top_run.h"

const char *argp_program_version = "ctnet-top " CTNET_VERSION;

int main(int argc, char **argv)
{
	struct top_options options;
	struct fault fault = { 0 };

	app_init();
	if (!top_options_parse(argc, argv, &options, &fault))
		return EXIT_CODE_USAGE;
	if (top_run(&options, &fault) < 0)
		return app_fail(&fault);
	return EXIT_CODE_OK;
}
