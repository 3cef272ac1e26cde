/* SPDX-License-Identifier: GPL-2.0-only */
/* What the lifecycle tests share: probes with the events they told of, and children that make namespaces. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "observe/kernel/lifecycle.h"

struct lab {
	struct lifecycle_probes *probes;
	struct lifecycle_event *events; /* all that were delivered, in order */
	size_t count, room;
	uint64_t delivered[CTNET_EVENT_KINDS]; /* how many of each kind */
};

#define LAB_INIT                                                                                                       \
	{                                                                                                              \
		.probes = NULL                                                                                         \
	}
void lab_close(struct lab *lab);
#define _cleanup_lab_ __attribute__((cleanup(lab_close)))

/* Waits until the kernel has taken apart what was dropped before. */
void lab_settle(void);

/* The same, then attaches the probes. */
void lab_open(struct lab *lab, const struct lifecycle_options *options);

/* Takes the events that wait. */
void lab_dispatch(struct lab *lab);

/* Takes events until @count of a kind were delivered, or lost. They are counted first: what is counted may still be on its way. */
void lab_wait_kind(struct lab *lab, enum ctnet_event_kind kind, uint64_t count, int seconds);
void lab_wait_destroyed(struct lab *lab, uint64_t count, int seconds);

/* The same without taking any event. */
void lab_wait_unread(struct lab *lab, uint64_t destroyed, int seconds);

/* Events of a kind that were delivered; the one of that number (the test fails where there is none). */
size_t lab_count(const struct lab *lab, enum ctnet_event_kind kind);
const struct lifecycle_event *lab_event(const struct lab *lab, enum ctnet_event_kind kind, size_t number);

/* A histogram holds @count observations, each in one bucket. */
void assert_histogram(const struct histogram *histogram, uint64_t count);

/* @processes children each make @each namespaces as fast as they can, while events are taken. */
void lab_churn(struct lab *lab, size_t processes, size_t each);

/* One child does; no event is taken. */
void lab_churn_unread(size_t each);

/* Whether a child could make a namespace: 0, or what went wrong. */
int lab_try_unshare(void);

/* Runs @run in a child; the test fails where it does not end with status 0. */
void run_child(void (*run)(void *argument), void *argument);

/* The same, whatever becomes of the child: its status, as wait(2) tells it. */
int run_any_child(void (*run)(void *argument), void *argument);

/* Memory that children share with us; never given back. */
void *shared_alloc(size_t size);

uint64_t inode_of(const char *path);
void lab_read_file(const char *path, char *text, size_t size);
void lab_write_file(const char *path, const char *text);

/* A shell command that must succeed, or fail. */
void run_ok(const char *command);
void run_not_ok(const char *command);
