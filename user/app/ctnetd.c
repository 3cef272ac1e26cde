/* SPDX-License-Identifier: GPL-2.0-only */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "app/agent.h"
#include "app/agent_options.h"
#include "app/detach.h"
#include "app/output.h"
#include "base/buf.h"
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

static int check_config(const struct agent_options *options)
{
	size_t from_file = 0;

	for (size_t i = 0; i < options->in_force.count; i++)
		from_file += options->in_force.items[i].giver == GIVEN_BY_FILE;
	printf("%s: %zu settings in force, all are right\n", options->config ? options->config : AGENT_CONFIG,
	       from_file);
	return EXIT_CODE_OK;
}

static int print_config(const struct agent_options *options)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct fault fault = { 0 };

	(void)buf_puts(&text, "# ctnetd " CTNET_VERSION ": the settings in force\n");
	settings_print(agent_option_table, &options->in_force, &text);
	if (output_write(text.data, text.len, &fault) < 0)
		return app_fail(&fault);
	return EXIT_CODE_OK;
}

static int act(const struct settings *line, const struct agent_options *options)
{
	struct fault fault = { 0 };

	if (options->check_config)
		return check_config(options);
	if (options->print_config)
		return print_config(options);
	if (options->list_metrics)
		return list_metrics();
	if (options->detach)
		return detach_run(options, &fault) < 0 ? app_fail(&fault) : EXIT_CODE_OK;
	if (options->verbose)
		log_set_level(LOG_LEVEL_DEBUG);
	return agent_run(line, options, &fault) < 0 ? app_fail(&fault) : EXIT_CODE_OK;
}

int main(int argc, char **argv)
{
	_cleanup_agent_options_ struct agent_options options = { .once = false };
	struct settings line;
	struct fault fault = { 0 };

	app_init();
	if (!agent_options_parse(argc, argv, &line, &fault))
		return EXIT_CODE_USAGE;
	if (agent_options_read(&line, &options, &fault) < 0)
		return app_fail(&fault);
	return act(&line, &options);
}
