#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# tools/install-deps where everything is there, where one tool is missing, and on a system without apt. Nothing is really installed: the
# apt-get here is one that only writes down what it is asked and puts a missing tool in its place.
. "$(dirname "$0")/../lib.sh"

deps=$TOP/tools/install-deps
policy=/usr/sbin/policy-rc.d
policy_state() { [ -e "$policy" ] && sha256sum "$policy"; }
policy_before=$(policy_state)
# a policy that the machine has already is kept, whatever it says
policy_says=101
if [ -e "$policy" ]; then
	"$policy" >/dev/null 2>&1
	policy_says=$?
fi

holds "where everything is there it has nothing to do" "$deps" build
is "an unknown set: exit code" "$("$deps" bild >/dev/null 2>&1; echo $?)" 2

# A PATH with all the tools of this machine but jq.
bin=$TMP/bin
mkdir "$bin"
find /usr/bin /bin /usr/local/bin -maxdepth 1 \( -type f -o -type l \) ! -name jq ! -name 'apt*' -exec ln -sf -t "$bin" {} + 2>/dev/null
at_exit rm -rf "$bin"
without_jq() { PATH=$bin "$@" 2>"$TMP/err" >"$TMP/out"; }
jq_is_elsewhere() { PATH=$bin:/usr/local/sbin:/usr/sbin:/sbin command -v jq; }
if jq_is_elsewhere >/dev/null; then
	skip "what happens where a tool is missing" "this machine has a jq in sbin"
	exit 0
fi

without_jq "$deps" test
is "no apt: exit code" "$?" 1
like "no apt: the missing tool is named with its purpose" "$(cat "$TMP/err")" $'jq +reads JSON'
like "no apt: the remedy" "$(cat "$TMP/err")" 'no Debian or Ubuntu'

# An apt-get that knows every package.
cat >"$bin/apt-get" <<END
#!/bin/bash
echo "\$*" >>"$TMP/asked"
case " \$* " in
*" -s "*) exit 0 ;;
*" install "*)
	[ -e "$policy" ] && "$policy" >/dev/null 2>&1
	echo "policy \$?" >>"$TMP/asked"
	ln -s "$(command -v jq)" "$bin/jq"
	;;
esac
END
chmod +x "$bin/apt-get"
chmod 0755 "$TMP"
cp "$deps" "$TMP/install-deps"
without_jq setpriv --reuid=65534 --regid=65534 --clear-groups "$TMP/install-deps" test
is "not root: exit code" "$?" 3
like "not root: the command to run" "$(cat "$TMP/err")" 'sudo tools/install-deps test'
holds "not root: nothing was installed" test ! -e "$TMP/asked"

if [ "$(id -u)" = 0 ]; then
	without_jq "$TMP/install-deps" test
	is "root: exit code" "$?" 0
	like "root: it says what it installs" "$(cat "$TMP/err")" 'installing: jq'
	is "root: it installs the missing package alone, without recommended ones" \
		"$(grep -v -e ' -s ' -e policy "$TMP/asked")" "install -y --no-install-recommends jq"
	is "root: a policy for services is there meanwhile" "$(grep policy "$TMP/asked")" "policy $policy_says"
	is "root: the machine's policy is what it was" "$(policy_state)" "$policy_before"
	: >"$TMP/asked"
	without_jq "$TMP/install-deps" test
	is "root: the second time there is nothing to do" "$(cat "$TMP/asked")" ""
else
	skip "root: installs what is missing" "needs root"
fi
