// Stock Socket.IO clients, with an inbox each: nothing that arrives before it is awaited gets lost.

import assert from 'node:assert/strict'
import * as current from 'socket.io-client'
import * as v31 from 'socket.io-client-3.1'
import * as v40 from 'socket.io-client-4.0'
import { covers } from './coverage.mjs'
import { PATIENCE_MS, within } from './deadline.mjs'

export const ROOMS = '/api/socket'
export const LEGACY = '/api/socket-namespaces'

export const VERSIONS = { 4.8: current, '4.0': v40, 3.1: v31 }

/** Names in the inbox for what is not an event of the wire. */
export const CONNECT = '@connect'
export const REFUSED = '@connect_error'
export const DISCONNECT = '@disconnect'

const states = new WeakMap()
const open = new Set()

/**
 * Opens a socket and does not wait for it.
 * `over`: another socket whose connection is shared; then only `namespace` and `auth` count.
 * `root`: the contract of `/socket.io`, for what is noted as exercised.
 */
export function openSocket(url, options = {}) {
  const { namespace = '/', auth, over, version = '4.8' } = options
  const { path = ROOMS, root = 'rooms' } = over ? states.get(over) : options
  const manager = over ? over.io : newManager(url, path, options, VERSIONS[version])
  const socket = manager.socket(namespace, auth === undefined ? {} : { auth })
  if (!states.has(socket)) watch(socket, { path, namespace, root })
  if (!socket.connected && !socket.active) socket.connect()
  return socket
}

function newManager(url, path, options, client) {
  const { transports = ['websocket'], headers = {}, reconnection = false, query } = options
  return new client.Manager(url, {
    path,
    transports,
    reconnection,
    reconnectionDelay: 100,
    reconnectionDelayMax: 300,
    query,
    forceNew: true,
    extraHeaders: headers,
  })
}

function watch(socket, place) {
  const state = { ...place, inbox: [], arrived: [], heard: [], waiting: new Set() }
  states.set(socket, state)
  open.add(socket)
  const deliver = (event, args) => {
    state.arrived.push(event)
    const one = { event, args }
    state.heard.push(one)
    const waiter = [...state.waiting].find((each) => each.wants(one))
    if (waiter) {
      state.waiting.delete(waiter)
      waiter.take(one)
    } else {
      state.inbox.push(one)
    }
  }
  socket.onAny((event, ...args) => deliver(event, args))
  socket.on('connect', () => deliver(CONNECT, []))
  socket.on('connect_error', (error) => deliver(REFUSED, [error]))
  socket.on('disconnect', (reason) => deliver(DISCONNECT, [reason]))
  state.emit = socket.emit.bind(socket)
  socket.emit = (event, ...args) => {
    if (socket.connected) covers(place, 'client', event)
    return state.emit(event, ...args)
  }
}

/** Waits until the socket is connected; a refusal is an error. */
export async function connected(socket) {
  if (socket.connected) return socket
  const { event, args } = await takeAny(socket, [CONNECT, REFUSED])
  if (event === REFUSED) throw new Error(`refused: ${args[0].message}`, { cause: args[0] })
  return socket
}

/** Waits for the refusal of a socket and gives its error. */
export async function refusal(socket) {
  const { event, args } = await takeAny(socket, [CONNECT, REFUSED])
  assert.equal(event, REFUSED, `${title(socket)} was let in, though it should have been refused`)
  return args[0]
}

/** Waits for the socket to be disconnected and gives the reason. */
export async function disconnection(socket, ms) {
  const [reason] = await take(socket, DISCONNECT, undefined, ms)
  return reason
}

/**
 * The next event of that name not yet taken by the story: its payload.
 * `where` picks by payload; others of the same name stay in the inbox.
 */
export async function next(socket, event, where, ms) {
  const [payload] = await take(socket, event, where, ms)
  covers(states.get(socket), 'server', event)
  return payload
}

/** The next `total` of that name: their payloads, in order. */
export async function nextOnes(socket, event, total) {
  const payloads = []
  while (payloads.length < total) payloads.push(await next(socket, event))
  return payloads
}

/** The same as `next`, with all arguments: what comes after the payload too. */
export async function nextWhole(socket, event, where, ms) {
  const args = await take(socket, event, where, ms)
  covers(states.get(socket), 'server', event)
  return args
}

/** Whichever of these events is next: `{ event, args }`. */
export function nextOf(socket, events, ms) {
  return takeAny(socket, events, undefined, ms)
}

async function take(socket, event, where, ms) {
  const { args } = await takeAny(socket, [event], where, ms)
  return args
}

function takeAny(socket, events, where = () => true, ms = PATIENCE_MS) {
  const state = states.get(socket)
  const wants = (one) => events.includes(one.event) && where(one.args[0])
  const index = state.inbox.findIndex(wants)
  if (index >= 0) return Promise.resolve(state.inbox.splice(index, 1)[0])
  let waiter
  const arrival = new Promise((done) => {
    waiter = { wants, take: done }
    state.waiting.add(waiter)
  })
  const words = () =>
    `"${events.join('" or "')}" on ${title(socket)}; arrived: ${state.arrived.join(', ') || 'nothing'}`
  return within(arrival, words, ms).finally(() => state.waiting.delete(waiter))
}

/** Emits with an acknowledgement and gives the reply. */
export function ask(socket, event, ...args) {
  const reply = new Promise((done) => socket.emit(event, ...args, done))
  return within(reply, `the acknowledgement of "${event}" on ${title(socket)}`)
}

/** Returns when everything the server sent to this socket before now has arrived. */
export async function settled(socket) {
  const { namespace, emit } = states.get(socket)
  const [event, argument] =
    namespace === '/notifications'
      ? ['getNotifications', { limit: 1 }]
      : ['pong', { timestamp: new Date().toISOString() }]
  const reply = new Promise((done) => emit(event, argument, done))
  await within(reply, `a round trip on ${title(socket)}`)
}

/** Checks by order, not by time, that no such event came (that the story has not taken). */
export async function silent(socket, event, where = () => true) {
  await settled(socket)
  const unwanted = states.get(socket).inbox.find((one) => one.event === event && where(one.args[0]))
  assert.equal(unwanted, undefined, `"${event}" should not have reached ${title(socket)}`)
}

/** Drops what has arrived so far. */
export async function forget(socket) {
  await settled(socket)
  states.get(socket).inbox.length = 0
}

/** The names of all that arrived, in order. */
export function arrivals(socket) {
  return states.get(socket).arrived
}

/** All that arrived, in order and with all arguments, taken or not: `{ event, args }`. */
export function heard(socket) {
  return states.get(socket).heard
}

/** Payloads of that name which arrived and were not taken. */
export function untaken(socket, event) {
  return states
    .get(socket)
    .inbox.filter((one) => one.event === event)
    .map((one) => one.args[0])
}

export function closeClients() {
  for (const socket of open) {
    socket.io.reconnection(false)
    socket.disconnect()
    socket.io.engine?.close()
  }
  open.clear()
}

function title(socket) {
  const { path, namespace } = states.get(socket)
  return `${path}${namespace === '/' ? '' : ` ${namespace}`}`
}
