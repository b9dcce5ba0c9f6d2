"""Programs by whose name a line is known for a command, where nothing else says that it is one."""

__all__ = ["PROGRAMS"]

PROGRAMS = frozenset(
    (  # noqa: SIM905 - two hundred words are read as words
        "a2dissite a2enmod a2ensite alembic ansible apache2ctl apachectl apk apt apt-get argocd aws az bash "
        "bin/rails bin/rake brew bun bundle bunx caddy cargo cat cd certbot chattr chgrp chmod chown chpasswd "
        "composer consul corepack cp createdb createuser crontab curl deno df dig dnf docker docker-compose "
        "docker-machine doctl dokku dropdb dropuser du echo eksctl env etcdctl etcdutl export find flask flux "
        "flyctl flyway gcloud getent gh git go gpg gradle grep groupadd gsutil gunicorn gunzip gzip helm heroku "
        "hostnamectl httpd iptables istioctl java journalctl jq k3s k9s kafka-topics.sh kill kubectl "
        "kustomize liquibase ln loginctl logrotate ls make mariadb mariadb-dump md5sum minikube mkdir mongo mongod "
        "mongodump mongorestore mongosh mv mvn mysql mysqladmin mysqldump nano nc nerdctl netstat nginx node npm "
        "npx nslookup nvm oc openssl passwd pg_basebackup pg_ctl pg_dump pg_dumpall pg_isready pg_restore "
        "pg_upgrade pgbackrest php ping pip pip3 pipenv pkill pm2 pnpm podman poetry printf psql pulumi pwd python "
        "python3 rabbitmqctl rails railway rake rclone redis-cli redis-server resolvectl restic rm rsync ruby scp "
        "sed service sh sha256sum skopeo sleep source sqlite3 ss ssh ssh-add ssh-copy-id ssh-keygen ssh-keyscan su "
        "sudo sudoedit supabase supervisorctl sysctl systemctl systemd-run tail tar tee terraform timedatectl "
        "timeout touch ufw umount unzip update-rc.d useradd usermod uv uvicorn uvx varnishadm vault velero vercel "
        "vi vim wal-g wget wrangler xargs yarn yum zip"
    ).split()
)
