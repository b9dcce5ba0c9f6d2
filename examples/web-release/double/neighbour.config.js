module.exports = { apps: [{ name: 'status-page', script: 'server.js', cwd: '/var/www/status-page' }] }
