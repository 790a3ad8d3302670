// What is measured: rows of scenarios, each with its sizes for a full, a quick and a smoke run, and what is read from it.

const RATE = (title, unit) => ({ title, path: 'rate', better: 'higher', unit })
const CPU = (title) => ({ title, path: 'server_cpu_s_per_million', better: 'lower', unit: 's', table: 'cpu' })
const P99 = (title, path = 'p99_ms') => ({ title, path, better: 'lower', unit: 'ms', table: 'latency' })

/** All can do it; else the kinds that can. */
const EVERYONE = undefined

/** The tables that measures stand in; the chief one has no name. */
export const TABLES = [undefined, 'cpu', 'latency']

/**
 * `size`: parameters of the generator; `environment`: what a kind is told beside; `stores`: peers need a store for it;
 * `measures`: what is read, and where it is shown (the chief table unless `table` says otherwise).
 */
export const ROWS = [
  // All sides do the same, but for the row of the session, which only the sidecar writes.
  connect('connect-known', 'connecting, users who were there before', { known: true }),
  // The sidecar stores who is new to it; the peers store nothing.
  connect('connect-first', 'connecting for the first time', {}),
  // As stock clients do unless told otherwise.
  connect('connect-polled', 'connecting with polling first', { known: true, polled: true }),
  {
    ...connect('connect-10k', 'ten thousand connecting for the first time', {}, 10_000),
    modes: ['full', 'quick'],
    turns: 1,
  },
  fanout('fanout-1k-1', 1000, 1, 'one broadcast in flight'),
  fanout('fanout-1k-4', 1000, 4, 'four in flight'),
  { ...fanout('fanout-5k-4', 5000, 4, 'four in flight'), modes: ['full', 'quick'] },
  {
    id: 'fanout-5k-paced',
    scenario: 'fanout',
    title: 'fan-out to 5,000 at a fixed 60,000 deliveries a second',
    modes: ['full'],
    size: { full: { connections: 5000, rate: 12, seconds: 15 } },
    measures: [
      { title: "use of one core at 60,000 deliveries a second to 5,000", path: 'server_cpu_share', better: 'lower', unit: 'of a core' },
      P99('fan-out to 5,000 at 60,000/s, call to client'),
    ],
  },
  {
    id: 'direct',
    scenario: 'direct',
    title: 'direct messages, not stored, 200 clients',
    size: {
      full: { connections: 200, seconds: 10 },
      quick: { connections: 200, seconds: 2, warmup: 0.5, settle: 0.3 },
      smoke: { connections: 10, seconds: 0.3, warmup: 0.1 },
    },
    measures: [RATE('direct messages a second', '/s'), CPU('direct messages'), P99('direct message, client to client')],
  },
  {
    id: 'direct-stored',
    scenario: 'direct-stored',
    title: 'direct messages, stored before they are told, 200 clients',
    size: {
      full: { connections: 200, seconds: 10 },
      quick: { connections: 200, seconds: 2, warmup: 0.5, settle: 0.3 },
      smoke: { connections: 10, seconds: 0.3, warmup: 0.1 },
    },
    stores: true,
    measures: [RATE('stored messages a second', '/s'), CPU('stored messages'), P99('stored message, client to client')],
  },
  {
    id: 'direct-stored-each',
    scenario: 'direct-stored',
    title: 'the same, peers with one transaction a message',
    modes: ['full', 'quick'],
    stores: true,
    environment: { ws: { COMMIT: 'each' }, uws: { COMMIT: 'each' } },
    size: {
      full: { connections: 200, seconds: 10 },
      quick: { connections: 200, seconds: 2, warmup: 0.5, settle: 0.3 },
    },
    measures: [RATE('stored messages a second, peers with one transaction each', '/s')],
  },
  emit('emit-user', 'user', 'HTTP call to one user'),
  emit('emit-room', 'room', 'HTTP call to a room of ten'),
  emit('emit-all', 'all', 'HTTP call to all of 200'),
  {
    id: 'storm',
    scenario: 'storm',
    title: 'all cut off, all back at once',
    size: {
      full: { connections: 2000 },
      quick: { connections: 2000, settle: 0.3 },
      smoke: { connections: 30, settle: 0.1 },
    },
    // Whoever comes back is known.
    measures: [
      { title: 'seconds until the last one is back', path: 'all_back_s', better: 'lower', unit: 's' },
      P99('back after all were cut off'),
    ],
  },
  {
    id: 'resume',
    scenario: 'resume',
    title: 'all back with what each has missed',
    size: {
      full: { connections: 2000, missed: 100 },
      quick: { connections: 200, missed: 20, settle: 0.3 },
      smoke: { connections: 10, missed: 5, settle: 0.1 },
    },
    // Only Node's connection state recovery comes near: it is in memory, and a restart forgets it.
    environment: { ws: { RECOVERY: 'on' }, uws: { RECOVERY: 'on' } },
    parameters: { ws: { by: 'state' }, uws: { by: 'state' } },
    measures: [{ title: 'seconds until the last one has its last missed event', path: 'all_back_s', better: 'lower', unit: 's' }],
  },
  {
    id: 'idle',
    scenario: 'idle',
    title: '10,000 idle connections for ten minutes',
    modes: ['full', 'smoke'],
    turns: 1,
    size: { full: { connections: 10_000, seconds: 600 }, smoke: { connections: 30, seconds: 0.5, settle: 0.1 } },
    measures: [
      { title: 'resident bytes a connection, 10,000 idle', path: 'bytes_per_connection', better: 'lower', unit: 'B' },
      { title: 'use of one core, 10,000 idle', path: 'server_cpu_share', better: 'lower', unit: 'of a core' },
    ],
  },
  {
    id: 'mixed',
    scenario: 'mixed',
    title: 'a bit of everything, at fixed rates',
    stores: true,
    size: {
      full: { connections: 500, seconds: 30 },
      quick: { connections: 200, seconds: 4, warmup: 0.5, settle: 0.3 },
      smoke: { connections: 20, seconds: 0.5, warmup: 0.2, stay: 0.2 },
    },
    measures: [{ title: 'use of one core by the mixture', path: 'server_cpu_share', better: 'lower', unit: 'of a core' }],
  },
  growth('growth-rooms', 'rooms', 'rooms that each socket is in', 'A hundred clients, ten in each room; each call goes to a room.', [1, 10, 100, 300], [1, 5]),
  growth('growth-sockets', 'sockets', 'sockets of one user', 'Each call goes to that user.', [1, 10, 100, 1000], [1, 5]),
  growth('growth-online', 'online', 'users online where presence is told', 'Each is told who comes and goes; visitors come and go.', [1000, 2000, 4000, 10_000], [10, 20]),
]

function connect(id, title, more, connections) {
  const memory = (when, path) => ({ title: `${title}: resident bytes a connection, ${when}`, path, better: 'lower', unit: 'B' })
  return {
    id,
    scenario: 'connect',
    title: `${title}, 64 handshakes under way`,
    size: {
      // Patience is for all of a coming, of which there may be two.
      full: { connections: connections ?? 5000, 'in-flight': 64, patience: 180, ...more },
      quick: { connections: connections ?? 2000, 'in-flight': 64, settle: 0.5, patience: 60, ...more },
      smoke: { connections: 30, 'in-flight': 8, settle: 0.1, ...more },
    },
    measures: [
      RATE(`${title}: connections a second`, '/s'),
      CPU(`${title}, a million times`),
      P99(`${title}: TCP to CONNECT answered`),
      memory('idle', 'bytes_per_connection'),
      memory('after one broadcast to all', 'bytes_per_connection_after_broadcast'),
    ],
  }
}

function fanout(id, connections, inFlight, words) {
  const clients = connections.toLocaleString('en-US')
  return {
    id,
    scenario: 'fanout',
    title: `fan-out to ${clients}, ${words}`,
    size: {
      full: { connections, 'in-flight': inFlight, seconds: 10 },
      quick: { connections, 'in-flight': inFlight, seconds: 2, warmup: 0.5, settle: 0.3 },
      smoke: { connections: 20, 'in-flight': inFlight, seconds: 0.3, warmup: 0.1, settle: 0.1 },
    },
    measures: [
      RATE(`deliveries a second, to ${clients}, ${words}`, '/s'),
      CPU(`deliveries to ${clients}, ${words}`),
      P99(`fan-out to ${clients}, ${words}`),
      { title: `resident memory in all after fan-out to ${clients}, ${words}`, path: 'server_rss_bytes.after', better: 'lower', unit: 'B' },
    ],
  }
}

function emit(id, to, title) {
  return {
    id,
    scenario: 'emit',
    title: `${title}, 16 in flight`,
    size: {
      full: { connections: 200, to, 'in-flight': 16, seconds: 10 },
      quick: { connections: 200, to, 'in-flight': 16, seconds: 2, warmup: 0.5, settle: 0.3 },
      smoke: { connections: 40, to, 'in-flight': 4, seconds: 0.3, warmup: 0.1, settle: 0.1 },
    },
    measures: [
      { ...RATE(`${title}: calls a second`, '/s'), path: 'calls_per_second' },
      CPU(`${title}: deliveries`),
      P99(`${title}: call to client`),
    ],
  }
}

function growth(id, of, title, work, full, smoke) {
  return {
    id,
    scenario: 'growth',
    title: `cost as it grows: ${title}`,
    modes: ['full', 'smoke'],
    turns: 1,
    steps: true,
    work,
    size: {
      // Each coming and going is told to everyone online.
      full: { of, steps: full.join(','), repeats: of === 'online' ? 200 : 2000, patience: 180 },
      smoke: { of, steps: smoke.join(','), repeats: 5, settle: 0.1 },
    },
    measures: [],
  }
}

/** What is run: the rows of that mode, or those that were asked for by their id or their scenario. */
export function chosen(mode, only) {
  const unknown = only.filter((name) => !ROWS.some((row) => row.id === name || row.scenario === name))
  if (unknown.length > 0) throw new Error(`there is no scenario ${unknown.join(', ')}; there are ${ROWS.map((row) => row.id).join(', ')}`)
  const isAsked = (row) => only.length === 0 || only.includes(row.id) || only.includes(row.scenario)
  return ROWS.filter((row) => row.size[mode] && isAsked(row) && (row.modes ?? [mode]).includes(mode))
}

/** Whether a kind can do a row. */
export function can(row, kind) {
  return row.kinds === EVERYONE || row.kinds.includes(kind)
}
