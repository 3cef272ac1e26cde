/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/question.h"

#include <argp.h>
#include <errno.h>

/* Keys of options without a short form: beyond any character. */
#define KEY_FIRST 0x200

struct reading {
	const struct question_form *form;
	struct question *question;
	size_t names;
	int last; /* the flag that was given last; -1: none */
};

static error_t refuse(const struct reading *reading, const char *value, const char *why)
{
	fault_set(reading->question->node.fault, -EINVAL, EXIT_CODE_USAGE, "%s: %s%s%s", reading->form->word,
	          value ? value : "", value ? ": " : "", why);
	return EINVAL;
}

static int key_of(const struct question_form *form, int i)
{
	return form->flags[i].key ? form->flags[i].key : KEY_FIRST + i;
}

static error_t take_flag(struct reading *reading, int key)
{
	const struct question_flag *flags = reading->form->flags;
	int i, last = reading->last;

	for (i = 0; i < QUESTION_FLAGS && flags[i].name && key_of(reading->form, i) != key; i++)
		;
	if (i == QUESTION_FLAGS || !flags[i].name)
		return ARGP_ERR_UNKNOWN;
	if (reading->form->one_flag && last >= 0 && last != i) {
		fault_set(reading->question->node.fault, -EINVAL, EXIT_CODE_USAGE, "%s: --%s or --%s, not both",
		          reading->form->word, flags[last < i ? last : i].name, flags[last < i ? i : last].name);
		return EINVAL;
	}
	reading->last = i;
	reading->question->flags[i] = true;
	return 0;
}

static error_t take_name(struct reading *reading, char *value, struct argp_state *state)
{
	if (reading->names < reading->form->most) {
		reading->question->names[reading->names++] = value;
		return 0;
	}
	if (!reading->form->no_command)
		return refuse(reading, value, reading->form->too_many);
	reading->question->command = &state->argv[state->next - 1];
	state->next = state->argc; /* what stands behind it is its own */
	return 0;
}

static error_t check_end(const struct reading *reading)
{
	if (reading->names < reading->form->least)
		return refuse(reading, NULL, reading->form->too_few);
	if (reading->form->no_command && !reading->question->command)
		return refuse(reading, NULL, reading->form->no_command);
	return 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct reading *reading = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &reading->question->node;
		return 0;
	case ARGP_KEY_ARG:
		return take_name(reading, value, state);
	case ARGP_KEY_END:
		return check_end(reading);
	default:
		return take_flag(reading, key);
	}
}

bool question_parse(const struct question_form *form, int argc, char **argv, struct fault *fault, struct question *ret)
{
	static const struct argp_child children[] = { { &engines_argp, 0, NULL, 0 }, { 0 } };
	struct argp_option options[QUESTION_FLAGS + 1] = { { 0 } };
	const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = form->args_doc,
		.doc = form->doc,
		.children = children,
	};
	struct reading reading = { .form = form, .question = ret, .last = -1 };

	for (int i = 0; i < QUESTION_FLAGS && form->flags[i].name; i++)
		options[i] = (struct argp_option){
			.name = form->flags[i].name, .key = key_of(form, i), .doc = form->flags[i].help, .group = 1
		};
	*ret = (struct question){ .node = { .fault = fault } };
	/* what ends with somebody else's command line leaves that one's options alone */
	return (form->no_command ? app_parse_in_order : app_parse)(&argp, argc, argv, &reading, fault);
}
