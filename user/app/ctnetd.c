/* SPDX-License-Identifier: GPL-2.0-only */
#include <argp.h>
#include <stdio.h>

#include "app/agent.h"
#include "app/agent_options.h"
#include "base/log.h"
#include "render/prom.h"

const char *argp_program_version = "ctnetd " CTNET_VERSION;

static int list_metrics(void)
{
	const struct prom_family *family;

	for (size_t i = 0; (family = prom_family_at(i)); i++)
		printf("%s %s %s\n", family->name, family->type, family->help);
	return EXIT_CODE_OK;
}

int main(int argc, char **argv)
{
	struct agent_options options;
	struct fault fault = { 0 };

	app_init();
	if (!agent_options_parse(argc, argv, &options, &fault))
		return EXIT_CODE_USAGE;
	if (options.list_metrics)
		return list_metrics();
	if (options.verbose)
		log_set_level(LOG_LEVEL_DEBUG);
	if (agent_run(&options, &fault) < 0)
		return app_fail(&fault);
	return EXIT_CODE_OK;
}
