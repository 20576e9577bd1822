# The program alone: its configuration is the agent's, and there is no systemd.
rm -rf etc usr/lib/systemd usr/share/caddy usr/share/fish usr/share/zsh
