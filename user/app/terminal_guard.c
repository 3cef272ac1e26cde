/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/terminal_guard.h"

#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"

#define STACK_SIZE 16384

/*
 * A signal handler has no other way to know what to mend than a variable of the file. Written only while the guard is disarmed.
 */
static struct {
	volatile sig_atomic_t armed;
	int fd;
	struct termios modes;
	char reset[TERMINAL_RESET_MAX];
	size_t len;
	char stack[STACK_SIZE]; /* of its own: the crash may be that the other one is used up */
} guard;

static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS };

/* Only async-signal-safe calls (signal-safety(7)): tcsetattr, write, raise. SA_RESETHAND has put the default action back. */
static void mend(int signal)
{
	if (guard.armed) {
		guard.armed = 0;
		(void)!write(guard.fd, guard.reset, guard.len);
		(void)tcsetattr(guard.fd, TCSANOW, &guard.modes);
	}
	(void)raise(signal);
}

void terminal_guard_arm(int fd, const struct termios *modes, const char *reset, size_t len)
{
	stack_t stack = { .ss_sp = guard.stack, .ss_size = sizeof(guard.stack) };
	struct sigaction action = { .sa_handler = mend, .sa_flags = SA_RESETHAND | SA_ONSTACK };

	guard.armed = 0;
	guard.fd = fd;
	guard.modes = *modes;
	guard.len = len < sizeof(guard.reset) ? len : sizeof(guard.reset);
	memcpy(guard.reset, reset, guard.len);
	guard.armed = 1;
	(void)sigaltstack(&stack, NULL);
	(void)sigfillset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		(void)sigaction(signals[i], &action, NULL);
}

void terminal_guard_disarm(void)
{
	guard.armed = 0;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		(void)signal(signals[i], SIG_DFL);
}
