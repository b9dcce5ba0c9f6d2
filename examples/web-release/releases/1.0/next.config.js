const { execSync } = require('child_process')
const { version } = require('./package.json')

// The size above which a script is reported: phones on a bad line are our customers.
const SCRIPT_LIMIT = 250_000

module.exports = {
  reactStrictMode: true,
  // A build is known by its commit.
  generateBuildId: () => execSync('git rev-parse --short HEAD', { encoding: 'utf8' }).trim(),
  // The server has the whole of node_modules: nothing has to be traced for a copy of it.
  outputFileTracing: false,
  webpack: (config, { dev, isServer }) => {
    // Each release keeps its own build cache: going back to the one before is as quick as building it again.
    config.cache = { ...config.cache, name: `${config.cache.name}-${version}` }
    if (!dev && !isServer) {
      config.performance = { hints: 'warning', maxAssetSize: SCRIPT_LIMIT, maxEntrypointSize: 4 * SCRIPT_LIMIT }
    }
    return config
  },
}
