// The status page: another application on the same server, under the same process manager. It has nothing to do with the shop.
const http = require('http')

const began = Date.now()
http
  .createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ status: 'all is well', pid: process.pid, began }))
  })
  .listen(3002, '127.0.0.1')
