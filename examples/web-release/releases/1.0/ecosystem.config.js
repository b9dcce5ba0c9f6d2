module.exports = {
  apps: [{ name: 'shop', script: 'npm', args: 'start', cwd: '/var/www/shop', env: { NODE_ENV: 'production' }, time: true }],
}
