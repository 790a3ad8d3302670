// Figures of a running sidecar: its memory as the kernel counts it, its counters as it tells them.

import { readFileSync } from 'node:fs'

/** Resident memory of a process in MiB. */
export function residentMiB(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) / 1024
}

/** The sum of one metric over its labels; 0 while it was never counted. */
export async function metric(station, name, labels = '') {
  const { body } = await station.internal.get('/metrics')
  return String(body)
    .split('\n')
    .filter((line) => line.startsWith(name) && /[ {]/.test(line[name.length] ?? '') && line.includes(labels))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** Open Socket.IO sockets and connections, as `/health` counts them. */
export async function connectionsOf(station) {
  const { body } = await station.rest.get(null, '/health')
  return body.connections
}
