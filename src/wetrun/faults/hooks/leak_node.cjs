// Laid into a double and required by every Node process there: leaks memory in the processes whose command line matches,
// while a file says so. Anything that goes wrong here must not be noticed by the application.
'use strict'

const fs = require('fs')
const path = require('path')

const trigger = path.join(__dirname, 'leaking')
const leaking = path.join(__dirname, 'by')
const held = []
let total = 0
let owed = 0
let last = process.hrtime.bigint()
let matches = null

function matching() {
  const line = fs.readFileSync('/proc/self/cmdline', 'utf8').replace(/\0+$/, '').replace(/\0/g, ' ')
  const { source, flags } = JSON.parse(fs.readFileSync(path.join(__dirname, 'pattern.json'), 'utf8'))
  return new RegExp(source, flags).test(line)
}

function wanted() {
  if (!fs.existsSync(trigger)) return [0, 0]
  const [rate, most] = fs.readFileSync(trigger, 'utf8').split(' ').map(Number)
  return rate > 0 ? [rate, most] : [0, 0]
}

function free() {
  if (!held.length) return
  held.length = 0
  total = 0
  // Without a collection the memory would be given back some time, which nobody could measure.
  require('v8').setFlagsFromString('--expose-gc')
  require('vm').runInNewContext('gc')()
  tell()
}

// Writes down how much of the leak this process holds: that it grows could be its own doing.
function tell() {
  const mark = path.join(leaking, String(process.pid))
  const beside = path.join(leaking, `.${process.pid}`)
  try {
    if (total) {
      fs.writeFileSync(beside, String(total))
      fs.renameSync(beside, mark) // whoever reads it reads it whole
    } else fs.unlinkSync(mark)
  } catch {}
}

function tick() {
  const now = process.hrtime.bigint()
  const seconds = Number(now - last) / 1e9
  last = now
  const [rate, most] = wanted()
  if (!rate) {
    owed = 0
    matches = null
    free()
    return
  }
  // Asked when the leak begins, since process managers give processes their titles after the start.
  if (matches === null) matches = matching()
  if (!matches) return
  owed = Math.min(owed + rate * seconds, most - total)
  const size = Math.floor(owed / 4096) * 4096
  if (size > 0) {
    held.push(Buffer.alloc(size, 1))
    total += size
    owed -= size
    tell()
  }
}

if (require('worker_threads').isMainThread) {
  setInterval(() => {
    try {
      tick()
    } catch {
      owed = 0
    }
  }, 50).unref()
}
