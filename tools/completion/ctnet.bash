# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Completion for ctnet, ctnet-top and ctnetd in bash. Options are read from --help, so that they are those of the program that is
# installed. Names are asked of `ctnet ls`, which only root may.

# _ctnet_options PROGRAM [COMMAND]: its options, "--name=" where a value follows.
_ctnet_options() { "$@" --help 2>/dev/null | grep -E '^ +-' | cut -c 1-29 | grep -oE '(^|[ ,])--?[A-Za-z0-9][a-z0-9-]*=?' | tr -d ' ,'; }

_ctnet_commands() { "$1" --help 2>/dev/null | sed -nE 's/^  ([a-z]+) .*/\1/p' | grep -v '^ctnet$'; }

# _ctnet_names PROGRAM: owners' names that need no quoting.
_ctnet_names() { "$1" ls 2>/dev/null | awk 'NR > 1 && $1 ~ /^[0-9]+$/ { print $2 }' | grep -xE '[A-Za-z0-9_./:@-]+'; }

# _ctnet_value OPTION CURRENT: completes what stands behind an option that takes a value; fails where there is nothing to tell.
_ctnet_value() {
	case $1 in
	--attach) mapfile -t COMPREPLY < <(compgen -W 'auto tcx clsact' -- "$2") ;;
	--textfile-dir | -d | --docker-root) mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
	--config | --record | --replay) mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
	--engine-root) mapfile -t COMPREPLY < <(compgen -W 'docker= podman= containerd= crio=' -- "$2") ;;
	--units | -u) mapfile -t COMPREPLY < <(compgen -W 'bits bits-binary bytes bytes-binary' -- "$2") ;;
	--sort | -s) mapfile -t COMPREPLY < <(compgen -W 'name kind bridge rx tx total packets age netns' -- "$2") ;;
	*) return 1 ;;
	esac
}

_ctnet() {
	local program=$1 current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=
	COMPREPLY=()
	# bash takes "--option=value" apart at the "="
	[ "$current" != = ] || current=
	[ "$previous" != = ] || previous=${COMP_WORDS[COMP_CWORD - 2]}
	[[ ${program##*/} != ctnet ]] || command=${COMP_WORDS[1]}
	if [[ ${program##*/} = ctnet && $previous = -s ]] || ! _ctnet_value "$previous" "$current"; then
		if [[ ${program##*/} = ctnet && $COMP_CWORD -eq 1 ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$(_ctnet_commands "$program")" -- "$current")
		elif [[ $current = -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$(_ctnet_options "$program" ${command:+"$command"})" -- "$current")
			[[ ${COMPREPLY[0]:-} != *= ]] || compopt -o nospace
		elif [[ $command = exec && " ${COMP_WORDS[*]:0:COMP_CWORD} " = *' -- '* ]]; then
			mapfile -t COMPREPLY < <(compgen -c -- "$current")
		elif [[ $command =~ ^(show|which|path|events|exec|expose|unexpose)$ ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$(_ctnet_names "$program")" -- "$current")
		elif [[ $command = bridge ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$("$program" bridge 2>/dev/null | awk 'NR > 1 && /^[^ ]/ { print $1 }')" -- "$current")
		fi
	fi
}
complete -F _ctnet ctnet ctnet-top ctnetd
