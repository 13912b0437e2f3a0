# What is installed where, for install.sh and uninstall.sh alike. $DESTDIR goes before every path.
library=/usr/lib/chatgate
command=/usr/local/bin/chatgate
config=/etc/chatgate/chatgate.yaml
unit=/etc/systemd/system/chatgate.service
# file in this folder : where it goes
snippets=(
  sysusers.conf:/usr/lib/sysusers.d/chatgate.conf
  tmpfiles.conf:/usr/lib/tmpfiles.d/chatgate.conf
  modules.conf:/usr/lib/modules-load.d/chatgate.conf
  sysctl.conf:/etc/sysctl.d/60-chatgate.conf
  logrotate.conf:/etc/logrotate.d/chatgate
)
