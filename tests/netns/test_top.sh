#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# ctnet-top as a person meets it: in a terminal (tmux), with traffic between two namespaces; every key typed, every way out taken.
# And as a script meets it: tables, JSON and CSV, whose rates are those of the kernel's own counters.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
command -v tmux >/dev/null || skip_all "needs tmux"
export LC_ALL=C.UTF-8
unset NO_COLOR COLUMNS XDG_CONFIG_HOME
export HOME=$TMP/home # where settings are saved
mkdir "$HOME"

lab_make
lab_bridge lab0 10.9.0.254/24
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24
know_each_other a b 10.9.0.1 10.9.0.2
a=$LAB-a b=$LAB-b
top=$BUILD/ctnet-top

# ---- a terminal

tm() { env -u TMUX TMUX_TMPDIR="$TMP" tmux -u -L "$LAB" "$@"; }
at_exit tm kill-server
in_lab env -u TMUX TMUX_TMPDIR="$TMP" tmux -u -L "$LAB" -f /dev/null new-session -d -s keep 'sleep 600'

# What a terminal runs: a program whose process id, exit status and effect on the terminal's modes are written down. sh leaves
# the modes alone; a shell that edits lines would mend them.
cat >"$TMP/session" <<'END'
dir=$1
shift
trap : INT QUIT # Ctrl-C is meant for the program
stty -g >"$dir/before"
sh -c 'echo $$ >"$0/pid"; exec "$@"' "$dir" "$@"
echo $? >"$dir/status"
stty -g >"$dir/after"
exec sleep 600
END

# screen_open [NAME=VALUE...] [OPTION...]: ctnet-top in a terminal of 80 by 24, under `env`.
screen_open() {
	rm -f "$TMP/pid" "$TMP/status" "$TMP/before" "$TMP/after"
	tm new-session -d -s top -x 80 -y 24 "sh $TMP/session $TMP env $(printf '%q ' "${@:-A=}") $top -d 300ms ${screen_options-}"
	wait_for 10 shown 'OWNER' || not_ok "the screen comes up ($*)" "$(screen)"
}
screen() { tm capture-pane -p -t top; }
# the screen while it is drawn is no screen: twice the same
steady_screen() {
	local one other round
	for ((round = 0; round < 20; round++)); do
		one=$(screen) other=$(screen)
		[ "$one" != "$other" ] || break
	done
	echo "$one"
}
shown() { screen | grep -qE -- "$1"; }
hidden() { ! shown "$1"; }
press() { tm send-keys -t top "$@"; }
shows() { if wait_for 10 shown "$2"; then ok "$1"; else not_ok "$1" "no /$2/ in:" "$(screen)"; fi; }
hides() { if wait_for 10 hidden "$2"; then ok "$1"; else not_ok "$1" "/$2/ in:" "$(screen)"; fi; }
ended() { [ -s "$TMP/after" ]; }
terminal() { tm display-message -p -t top 'alternate #{alternate_on} cursor #{cursor_flag} keypad #{keypad_flag}'; }
screen_close() { tm kill-session -t top 2>/dev/null; }

# left_well NAME STATUS: the program has ended so, and its terminal is as it was.
left_well() {
	if ! wait_for 10 ended; then
		not_ok "$1: it ends" "$(screen)"
		screen_close
		return
	fi
	is "$1: exit status" "$(cat "$TMP/status")" "$2"
	is "$1: the terminal has its modes back" "$(cat "$TMP/after")" "$(cat "$TMP/before")"
	is "$1: the terminal shows its own screen and cursor" "$(terminal)" "alternate 0 cursor 1 keypad 0"
	is "$1: nothing of ours is left" "$(our_filters)" ""
	screen_close
}

ping_for_a_while() { start_in_guest a /dev/null ping -q -i 0.02 -c 3000 10.9.0.2; }

check_keys() {
	screen_open
	like "while it runs something of ours is attached" "$(our_filters)" 'ctnet'
	shows "the header names the sources" '^ctnet-top .* traffic tcx|clsact'
	shows "a namespace and its bridge are a row" "$a +netns +lab0"
	shows "its rates are there" "$a +netns +lab0 +[0-9.]+ kb/s +[0-9.]+ kb/s +[0-9]+ "
	is "the cursor is on one row" "$(steady_screen | grep -c '^>')" 1
	press '/' "$a" Enter
	shows "/ filters" "^/$a 1 of [0-9]+"
	hides "what does not match is not shown" "$b "
	press Escape
	shows "Escape drops the filter" "$b "
	press s
	shows "s sorts by the next column" 's sort packets'
	press '<'
	shows "< by the one before" 's sort total'
	press s s s s r
	shows "r turns the order round" 'OWNER▼'
	press r
	shows "and back" 'OWNER▲'
	press Space
	shows "Space pauses" 'PAUSED'
	press Space
	shows "and goes on" ' 300ms$'
	press +
	shows "+ looks less often" ' 500ms$'
	press -
	shows "- more often" ' 200ms$'
	press u
	shows "u changes the units" 'Kib/s'
	press u u u
	shows "four times is once round" ' kb/s'
	press '?'
	shows "? helps" 'move; the cursor stays with its namespace'
	press Escape
	press b
	shows "b lists bridges" '^> lab0 +2 ports'
	shows "with their ports and whose they are" " va +$a +[0-9.]+ kb/s"
	press j Enter
	shows "Enter shows details" "^$a  netns"
	shows "with the path to the host as ctnet path draws it" '^ \|  va +if [0-9]+ +mtu 1500  up  port of lab0, forwarding'
	shows "and the address" '^ \|  eth0 .* 10\.9\.0\.1/24'
	shows "and the protocols" '^ icmp4 '
	press Escape Escape
	shows "Escape leads back" 'OWNER'
	press t
	shows "t puts namespaces under their bridge" '^. - lab0 +bridge +of 2 '
	shows "where they stand indented" "^.. ?.?$a +netns"
	press x
	shows "x folds a bridge" '^> \+ lab0'
	press x
	press X
	shows "X unfolds all to their interfaces" '^     eth0 +veth +lab0 +[0-9.]+ kb/s'
	press X t
	hides "and folds them" '^     eth0'
	press c
	shows "c lists the columns" '^  \[x\] kind '
	press j Enter
	shows "Enter hides one" '^> \[ \] kind'
	press Escape
	hides "it is gone from the table" ' KIND '
	press s S
	shows "S saves" "^saved in $HOME/\.config/ctnet/top\.conf"
	press e
	shows "e lists events" '^ TIME +EVENT'
	press G
	press g
	press q
	left_well "q" 0
	screen_open
	shows "what was saved is there again" 's sort kind'
	hides "with the columns" ' KIND '
	screen_close
	screen_options='-s name' screen_open
	shows "an option comes before it" 's sort name'
	screen_close
	echo 'colour = red' >>"$HOME/.config/ctnet/top.conf"
	screen_open
	shows "a line that is not understood is told" 'top\.conf: line 7: not a key'
	screen_close
	rm -r "$HOME/.config"
}

check_sizes() {
	local size
	screen_open
	for size in 40x10 200x50 2x2 1x1 80x3 300x5; do
		tm resize-window -t top -x "${size%x*}" -y "${size#*x}"
		press j k '?' Escape b Escape Enter Escape
	done
	tm resize-window -t top -x 40 -y 10
	shows "40 columns hide columns and say so" 'columns hidden$'
	tm resize-window -t top -x 200 -y 24
	shows "200 columns show them" 'HOST END.*LAST MINUTE'
	tm resize-window -t top -x 80 -y 24
	shows "and 80 the usual ones" 'OWNER +KIND +BRIDGE +RX/s +TX/s +PKT/s LAST MINUTE$'
	press q
	left_well "after many sizes, q" 0
}

check_signals() {
	local signal
	for signal in TERM INT HUP QUIT; do
		screen_open
		kill "-$signal" "$(cat "$TMP/pid")"
		left_well "SIG$signal" 0
	done
	for signal in SEGV ABRT; do
		screen_open
		kill "-$signal" "$(cat "$TMP/pid")"
		left_well "a crash (SIG$signal)" $((128 + $(kill -l "$signal")))
	done
	screen_open
	press C-c
	left_well "Ctrl-C" 0
}

check_suspend() {
	tm new-session -d -s top -x 80 -y 24 'PS1="prompt " bash --norc'
	press "$top -d 300ms" Enter
	shows "in a shell with jobs it comes up" 'OWNER'
	press C-z
	shows "Ctrl-Z gives the terminal to the shell" 'Stopped'
	is "and its own screen" "$(terminal | cut -d' ' -f1-2)" "alternate 0"
	press 'fg' Enter
	shows "fg brings the screen back" 'OWNER'
	press j
	shows "and the keys work" '^>'
	press q
	hides "q ends it" 'OWNER'
	screen_close
}

gone() { [ ! -e "/proc/$1" ]; }
check_vanished_terminal() {
	local pid
	screen_open
	pid=$(cat "$TMP/pid")
	screen_close
	holds "it ends when its terminal goes" wait_for 10 gone "$pid"
	# one that is told nothing of the hang-up must see it by itself, and not spin
	sed -i -e '1i trap "" HUP' -e 's/^exec sleep 600$/exit/' "$TMP/session" # or the sleep would outlive us
	screen_open
	pid=$(cat "$TMP/pid")
	screen_close
	holds "it ends when its terminal goes without SIGHUP" wait_for 10 gone "$pid"
	sed -i -e 1d -e 's/^exit$/exec sleep 600/' "$TMP/session"
	is "nothing of ours is left by either" "$(our_filters)" ""
}

colours() { tm capture-pane -e -p -t top | grep -cE $'\e\\[[0-9;]*3[0-7]m'; }
check_looks() {
	screen_open
	shows "bars are block elements in UTF-8" '[▁▂▃▄▅▆▇█]'
	if [ "$(colours)" -gt 0 ]; then ok "there is colour"; else not_ok "there is colour"; fi
	screen_close
	screen_open NO_COLOR=1
	is "with NO_COLOR there is none" "$(colours)" 0
	screen_close
	screen_open LC_ALL=C
	shows "bars are ASCII without UTF-8" "$a.*[_.:=+*#-]$"
	is "and so is all else" "$(steady_screen | LC_ALL=C grep -c '[^ -~]')" 0
	screen_close
	screen_options='-n 2' screen_open
	left_well "-n 2 on a screen" 0
}

check_events() {
	screen_options="-f name=$LAB-c" screen_open # there may be many others on this machine
	lab_guest c vc lab0 10.9.0.3/24
	shows "a namespace that is born is a row" "$LAB-c +netns"
	ip netns del "$LAB-c"
	shows "one that died stays a while and says so" "~$LAB-c .* gone [0-9]+s ago"
	press e '/' C-u 'vc' Enter
	shows "both are told as events" 'registered .* vc \([0-9]+\)'
	shows "with what joined the bridge" 'joined .* vc \([0-9]+\) to lab0'
	press Escape '/' C-u "name=$LAB-c" Enter
	holds "and then goes" wait_for 30 hidden "~$LAB-c"
	press q
	left_well "after births and deaths, q" 0
}

# ---- a script

check_batch() {
	local out
	out=$(in_lab "$top" -b -n 2 -d 200ms -s +name 2>"$TMP/err")
	is "-b -n 2 prints two tables" "$(grep -c OWNER <<<"$out")" 2
	like "in the order asked for" "$(tr '\n' ' ' <<<"$out")" "$a .*$b .*$a .*$b "
	is "and says nothing on stderr" "$(cat "$TMP/err")" ""
	is "no byte of it steers a terminal" "$(grep -c $'\e' <<<"$out")" 0
	is "-1 prints one" "$(in_lab "$top" -1 -d 100ms | grep -c OWNER)" 1
	is "-f leaves out the rest" "$(in_lab "$top" -1 -d 100ms -f "name=$a" | grep -c "$LAB-")" 1
	is "--json prints one object a tick" "$(in_lab "$top" --json -n 3 -d 100ms | jq -c .version | tr '\n' ' ')" "1 1 1 "
	is "it holds the namespaces" \
		"$(in_lab "$top" --json -n 1 | jq -r ".namespaces[] | select(.name == \"$a\") | .interfaces[].peer.name")" va
	in_lab "$top" -b -d 100ms 2>"$TMP/err" | head -n 1 >"$TMP/out"
	is "a reader that goes is the end" "${PIPESTATUS[0]} $(cat "$TMP/err")" "0 "
	in_lab "$top" -1 -d 100ms >/dev/full 2>"$TMP/err"
	is "a full disk is a failure" "$?" 1
	like "that is said" "$(cat "$TMP/err")" 'No space left on device'
	rm -f "$TMP/after" # of the session before
	tm new-session -d -s top -x 80 -y 24 "sh $TMP/session $TMP env TERM=dumb $top -n 1 -d 100ms -f name=$LAB"
	wait_for 10 ended
	shows "TERM=dumb gets a table" '^ OWNER'
	screen_close
	is "nothing of ours is left by any" "$(our_filters)" ""
}

check_faults() {
	is "a delay that is none" "$("$top" -d 5x 2>&1) $?" "ctnet-top: --delay 5x: not a duration (try 2s, 500ms) 2"
	like "an unknown column" "$("$top" -s speed 2>&1) $?" '--sort speed: no such column \(try name, .*\) 2$'
	"$top" --bogus >/dev/null 2>&1
	is "an unknown option" $? 2
	is "to record a replay" "$("$top" --replay x --record y 2>&1) $?" \
		"ctnet-top: --record y: nothing to record while --replay plays 2"
	like "no root" "$(setpriv --reuid 65534 --clear-groups "$top" -1 2>&1) $?" '^ctnet-top: [^'$'\n'']*CAP_[^'$'\n'']* 3$'
}

# What the CSV lines, as far as $settled has them, say of namespace a: the column NAME in its first and in its last line, and what its
# rates add up to over their seconds after the first.
settled=$TMP/settled.csv
csv() {
	awk -F, -v what="$1" -v name="$2" -v row="$a" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$4 != row { next }
		!seen++ { first = $at[name]; last = first; next }
		{ last = $at[name]; sum += $at[name] * $at["seconds"] }
		END { printf "%.0f\n", what == "first" ? first : what == "last" ? last : sum }' "$settled"
}
# One moment at which the counters of the last line are the kernel's; these are then in $device.
counted() {
	cp "$TMP/rates.csv" "$settled"
	device=$(device_counters)
	[ "$(csv last rx_packets) $(csv last tx_packets)" = "$(device_of va tx.packets) $(device_of va rx.packets)" ]
}
# within NAME GOT WANTED: to one per cent
within() {
	if awk -v got="$2" -v wanted="$3" 'BEGIN { d = got - wanted; exit !(wanted > 0 && d * d <= wanted * wanted / 10000) }'; then
		ok "$1"
	else
		not_ok "$1" "got:    $2" "wanted: $3"
	fi
}

# What the rates add up to over their seconds is what the kernel counted; however long a tick took.
check_rates() {
	local pid
	start_in_lab "$TMP/rates.csv" "$top" --csv -d 200ms
	pid=$bg
	wait_for 10 grep -q ",$a," "$TMP/rates.csv"
	sink b tcp-sink 10.9.0.2 7003
	send_from a tcp-send 10.9.0.2 7003 5000000
	wait "$bg"
	sink a udp-sink 10.9.0.1 7001 3000
	send_from b udp-send 10.9.0.1 7001 3000 1000
	wait_for 20 counted || not_ok "the counters become those of the kernel" "$(csv last rx_packets)" "$device"
	within "rates of bytes received add up to the kernel's count" "$(csv sum rx_bytes_per_second)" \
		$(($(device_of va tx.bytes) - $(csv first rx_bytes)))
	within "rates of bytes sent" "$(csv sum tx_bytes_per_second)" $(($(device_of va rx.bytes) - $(csv first tx_bytes)))
	within "rates of packets received" "$(csv sum rx_packets_per_second)" \
		$(($(device_of va tx.packets) - $(csv first rx_packets)))
	within "rates of packets sent" "$(csv sum tx_packets_per_second)" $(($(device_of va rx.packets) - $(csv first tx_packets)))
	end_process "$pid"
}

# ---- recordings

# recorded PLACE FIELD: in the first snapshot of the recording that has namespace a, the one before the last or the last; .eth is its eth0.
recorded() {
	local which
	case $1 in first) which=0 ;; before) which=-2 ;; last) which=-1 ;; esac
	grep '^{"version"' "$TMP/rec" | jq -s "[.[] | select(.namespaces | any(.name == \"$a\"))][$which] |
		.eth = (.namespaces[] | select(.name == \"$a\") | .interfaces[0]) | $2"
}
recorded_all() {
	device=$(device_counters)
	[ "$(recorded last '.eth.receive.packets') $(recorded last '.eth.transmit.packets')" = \
		"$(device_of va tx.packets) $(device_of va rx.packets)" ]
}
# as_shown SHOWN WANTED: "8.1 kb/s" says that number of bits: within 2 %, and what its last digit leaves open.
as_shown() {
	awk -v shown="$1" -v wanted="$2" 'BEGIN {
		split(shown, part, " ")
		factor = part[2] ~ /^k/ ? 1e3 : part[2] ~ /^M/ ? 1e6 : 1
		open = (part[1] ~ /[.]/ ? 0.05 : 0.5) * factor
		d = part[1] * factor - wanted
		exit !((d < 0 ? -d : d) <= wanted * 0.02 + open) }'
}

check_recording() {
	local row seconds rx count
	screen_options="--record $TMP/rec" screen_open
	shows "a recording is told" '^ctnet-top .*RECORDING'
	start_in_guest a /dev/null ping -q -i 0.01 -c 200 10.9.0.2
	shows "there is traffic" "$a +netns +lab0 +[0-9.]+ [kM]b/s"
	press Space
	shows "it is paused" 'PAUSED'
	row=$(steady_screen | grep -oE "$a +netns +lab0 +[0-9.]+ [kM]?b/s" | awk '{ print $(NF - 1), $NF }')
	seconds=$(jq -n "($(recorded last .boottime_ns) - $(recorded before .boottime_ns)) / 1e9")
	rx=$(jq -n "($(recorded last '.eth.receive.bytes') - $(recorded before '.eth.receive.bytes')) * 8 / $seconds")
	if as_shown "$row" "$rx"; then ok "the rate on the screen is that of the counters"; else
		not_ok "the rate on the screen is that of the counters" "shown: $row" "counted: $rx b/s in $seconds s"
	fi
	press Space
	wait "$bg" # the ping ends
	if wait_for 20 recorded_all; then ok "and these are the kernel's"; else
		not_ok "and these are the kernel's" "$(recorded last '.eth.receive')" "$device"
	fi
	press q
	left_well "while it records, q" 0
	is "the recording is its owner's alone" "$(stat -c %a "$TMP/rec")" 600
	in_lab "$top" --record "$TMP/rec" -1 2>"$TMP/err"
	is "it is not written over" "$? $(cat "$TMP/err")" \
		"2 ctnet-top: --record $TMP/rec: is there already (remove it, or choose another name)"
	check_replay
}

check_replay() {
	count=$(grep -c '^{"version"' "$TMP/rec")
	is "without a screen all of it is played at once" \
		"$("$top" --replay "$TMP/rec" --json | jq -c .version | uniq -c | tr -s ' ')" " $count 1"
	chmod 644 "$TMP/rec"
	screen_options="--replay $TMP/rec -f name=$a" screen_open
	shows "a replay is told" "^ctnet-top .*REPLAY [0-9]+/$count "
	press '}' '}' '}' '}' '}' '}' '}' '}' '}'
	shows "it goes to its end" "REPLAY $count/$count"
	press '['
	shows "[ steps back" "REPLAY $((count - 1))/$count .* PAUSED"
	press ']' ']'
	shows "] steps on, to the end" "REPLAY $count/$count"
	press '{' '{' '{' '{' '{' '{' '{' '{' '{'
	shows "{ steps back to the beginning" "REPLAY 1/$count"
	press j Enter
	shows "the keys are the same" '^ \|  eth0 '
	shows "and what no recording holds is said" 'forwarding not known'
	press q
	left_well "a replay, q" 0
	echo 'hello' >"$TMP/foreign"
	"$top" --replay "$TMP/foreign" 2>"$TMP/err" >&2
	is "what is no recording is told" "$? $(cat "$TMP/err")" \
		"1 ctnet-top: $TMP/foreign: line 1: neither a snapshot nor an event of ctnet-top"
	if [ "$(setpriv --reuid 65534 --clear-groups "$top" --replay /dev/stdin -1 <"$TMP/rec" | grep -c "$a")" = 1 ]; then
		ok "it needs no root"
	else
		not_ok "it needs no root"
	fi
}

check_rates
check_recording
ping_for_a_while
check_keys
check_sizes
check_signals
check_suspend
check_vanished_terminal
check_looks
check_events
check_batch
check_faults
