# try.sh - installs the Debian packages in DIR, uses them as a newcomer would, and removes them. For a bare system that
# nobody needs afterwards (scripts/package-try); as root.
#
#   sh packaging/try.sh DIR
set -eu
packages=$1

say() { printf '%s\n' "== $*"; }

everything() { find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /root \) -prune -o -print | sort; }

# Nothing is in the way of a check: the index, and what apt itself writes.
quietly_changed='^/var/(lib/(dpkg|apt)|cache|log|backups)(/|$)|^/etc/ld.so.cache$|^/var/lib/man-db'

install() { apt-get -qq install -y --no-install-recommends "$@" >/dev/null; }

apt-get -qq update
say "other packages that the checks need, and those that optlab wants"
install man-db lua5.4 bash-completion
wanted=$(dpkg-deb -f "$packages"/optlab_*.deb Depends | tr ',' '\n' | sed 's/[|(].*//')
# shellcheck disable=SC2086
install $wanted
everything >/tmp/before

say "installs"
install "$packages"/optlab_*.deb
dpkg-query -W -f '${Package} ${Version} ${Status}\n' optlab

say "works"
export HOME=/tmp/home
mkdir -p $HOME
cd $HOME
optlab --version
optlab experiments/momentum.lua --quiet | head -n 3
ls out/momentum/*.svg | head -n 2
man optlab | head -n 5
lua5.4 -e 'local lab = require "optlab"; print(lab.tensor{1, 2, 3}:sum():item())'
bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader optlab || [ $? = 124 ]; complete -p optlab'
optlab help SGD | head -n 3
ls /usr/share/doc/optlab

say "removes"
cd /
apt-get -qq purge -y optlab >/dev/null
everything >/tmp/after
if diff /tmp/before /tmp/after | grep '^[<>]' | cut -c3- | grep -Ev "$quietly_changed"; then
  say "is left, or gone, after the removal"
  exit 1
fi
say "nothing is left"
