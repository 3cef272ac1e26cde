/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "app/node_options.h"
#include "base/cleanup.h"
#include "base/log.h"

const char *argp_program_version = "ctnet " CTNET_VERSION;

static const struct command commands[] = {
	{ "ls", "[--json]", "every namespace: who lives there, how it is wired, what it sent and received",
	  command_ls },
	{ "show", "NAME", "all that is known of one: owners, the way to the host, totals, what holds it",
	  command_show },
	{ "which", "HANDLE", "which thing an interface, address, PID, inode or path is, and whose", command_which },
	{ "path", "NAME [TO]", "every hop from the inner end to the uplink, or the way between two", command_path },
	{ "events", "[NAME]", "births, deaths and moves of namespaces and interfaces, as they happen", command_events },
	{ "bridge", "[BRIDGE]", "bridges: ports and whose they are, state, VLANs, learned addresses", command_bridge },
	{ "exec", "NAME CMD..", "run a command of this host in the network of one", command_exec },
	{ "expose", "[NAME [AS]]", "give one a name for ip netns, or list what has one", command_expose },
	{ "unexpose", "NAME", "take such a name away", command_unexpose },
};

static void print_overview(FILE *out)
{
	(void)fprintf(out, "Usage: ctnet COMMAND [OPTIONS]\n"
	                   "Answers questions about the containers of this node and their network.\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		(void)fprintf(out, "  %-8s %-11s %s\n", commands[i].name, commands[i].arguments, commands[i].help);
	(void)fprintf(out, "\n  ctnet COMMAND --help says more; ctnet --version\n\n"
	                   "Exit status: 0 done, 1 failed while running, 2 wrong usage, 3 not permitted,\n"
	                   "4 the kernel lacks something, 5 no such name.\n");
}

static bool answers_to(const struct command *command, const char *word)
{
	static const struct {
		const char *word, *name;
	} others[] = { { "bridges", "bridge" } };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (strcmp(word, others[i].word) == 0)
			word = others[i].name;
	}
	return strcmp(word, command->name) == 0;
}

/* argp speaks of the program by argv[0]: "ctnet ls". */
static int run(const struct command *command, int argc, char **argv)
{
	struct fault fault = { 0 };
	char title[32];

	(void)snprintf(title, sizeof(title), "ctnet %s", command->name);
	argv[0] = title;
	return command->run(argc, argv, &fault);
}

static int no_command(const char *word)
{
	log_error("%s: no such command (see ctnet --help)", word);
	return EXIT_CODE_USAGE;
}

int main(int argc, char **argv)
{
	app_init();
	if (argc < 2) {
		print_overview(stderr);
		return EXIT_CODE_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		print_overview(stdout);
		return EXIT_CODE_OK;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		(void)puts(argp_program_version);
		return EXIT_CODE_OK;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (answers_to(&commands[i], argv[1]))
			return run(&commands[i], argc - 1, argv + 1);
	}
	return no_command(argv[1]);
}
