/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** Highest process id a kernel can be told to give out (PID_MAX_LIMIT, 64 bit). */
#define PROC_PID_MAX (4 * 1024 * 1024)

/** What ctnet wants of /proc/PID/stat. */
struct proc_stat {
	pid_t pid;
	pid_t parent;        /* 0: none that we can see */
	char comm[16];       /* cleaned text (text_clean()) */
	uint32_t flags;      /* PF_*, include/linux/sched.h */
	uint64_t start_time; /* clock ticks since boot */
};

/** Set in proc_stat.flags of a kernel thread. */
#define PROC_FLAG_KTHREAD 0x00200000U

/**
 * Reads a line of /proc/PID/stat. The name is any bytes as they are, parentheses, spaces and newlines among them:
 * unlike /proc/PID/status, nothing is escaped (seen on 6.18).
 *
 * @ret: untouched on failure
 * Returns 0 or -EINVAL.
 * Source: proc_pid_stat(5)
 */
int proc_parse_stat(const char *text, size_t len, struct proc_stat *ret);

/**
 * Reads the name of a network namespace, "net:[4026531840]", as readlink(2) on /proc/PID/ns/net and mountinfo give it.
 *
 * @ret_inode: untouched on failure
 * Returns 0, or -EINVAL (something else, a namespace of another kind among it).
 */
int proc_parse_netns(const char *text, size_t len, uint64_t *ret_inode);

/**
 * Reads which inode a descriptor leads to out of /proc/PID/fdinfo/N, which asks nothing of the file system that it is on.
 *
 * @ret_inode: untouched on failure
 * Returns 0, or -EINVAL (Linux before 5.14 does not tell it).
 */
int proc_parse_fdinfo(const char *text, size_t len, uint64_t *ret_inode);

/**
 * Reads the name of a directory of /proc as a process id.
 *
 * @ret: untouched on failure
 * Returns 0 or -EINVAL.
 */
int proc_parse_pid(const char *name, pid_t *ret);
