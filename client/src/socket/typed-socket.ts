// A Socket.IO socket that knows its contract: only events that exist can be named, each with its own payload
// and its own answer. The plain socket stands behind it for what is not covered here.

import type { Socket } from 'socket.io-client'
import type { ChannelName, Channels } from '../names.js'
import { AskError, readRefusal } from './ask-error.js'

/** How long an answer may take, in milliseconds, unless `ask` is told otherwise. */
export const ANSWER_MS = 10_000
/** Most packets that wait for a connection; beyond it the oldest are dropped. */
const MOST_BUFFERED = 100

type Name<T> = Extract<keyof T, string>

export type ServerEvent<C extends ChannelName> = Name<Channels[C]['server']>
export type ClientEvent<C extends ChannelName> = Name<Channels[C]['client']>
export type Payload<C extends ChannelName, E extends ServerEvent<C>> = Channels[C]['server'][E]
export type Argument<C extends ChannelName, E extends ClientEvent<C>> = Channels[C]['client'][E]
/** What `ask` gives: a refusal is thrown, never given. */
export type Answer<C extends ChannelName, E extends ClientEvent<C>> = E extends keyof Channels[C]['acks']
  ? Exclude<
      Channels[C]['acks'][E],
      { ok: false } | { success: false } | { status: 'failure' } | { error: string; success?: never } | { code: string; success?: never }
    >
  : never

/** The arguments after the event's name: none where the contract has none. */
export type Arguments<C extends ChannelName, E extends ClientEvent<C>> =
  Argument<C, E> extends undefined ? [] : [argument: Argument<C, E>]

interface Hearing {
  readonly event: string
  readonly heard: (payload: unknown) => void
}

export class TypedSocket<C extends ChannelName> {
  /** The plain Socket.IO socket. Its listeners are also given an event's place in the user's feed, behind the payload. */
  readonly raw: Socket
  readonly #hearings = new WeakMap<object, Hearing[]>()

  constructor(
    readonly channel: C,
    raw: Socket,
  ) {
    this.raw = raw
  }

  get connected(): boolean {
    return this.raw.connected
  }

  /** This device's own socket id; never show another's. */
  get id(): string | undefined {
    return this.raw.id
  }

  /** Listens until the returned function is called. */
  on<E extends ServerEvent<C>>(event: E, listener: (payload: Payload<C, E>) => void): () => void {
    // The payload and nothing else, as the type says: an event's place in the feed is no business of a listener, and
    // one with a second parameter of its own would take it for that.
    const hearing: Hearing = { event, heard: (payload) => listener(payload as Payload<C, E>) }
    this.#hearings.set(listener, [...(this.#hearings.get(listener) ?? []), hearing])
    this.raw.on(event as string, hearing.heard)
    return () => this.#end(listener, hearing)
  }

  off<E extends ServerEvent<C>>(event: E, listener: (payload: Payload<C, E>) => void): void {
    const hearing = this.#hearings.get(listener)?.find((one) => one.event === event)
    if (hearing) this.#end(listener, hearing)
  }

  #end(listener: object, hearing: Hearing): void {
    this.raw.off(hearing.event, hearing.heard)
    this.#hearings.set(listener, this.#hearings.get(listener)?.filter((one) => one !== hearing) ?? [])
  }

  once<E extends ServerEvent<C>>(event: E, listener: (payload: Payload<C, E>) => void): () => void {
    const end = this.on(event, (payload) => {
      end()
      listener(payload)
    })
    return end
  }

  onConnect(listener: () => void): () => void {
    this.raw.on('connect', listener)
    return () => {
      this.raw.off('connect', listener)
    }
  }

  onDisconnect(listener: (reason: string) => void): () => void {
    this.raw.on('disconnect', listener)
    return () => {
      this.raw.off('disconnect', listener)
    }
  }

  /** Sends now, or as soon as there is a connection. */
  emit<E extends ClientEvent<C>>(event: E, ...args: Arguments<C, E>): void {
    const waiting = this.raw.sendBuffer
    if (!this.raw.connected && waiting.length >= MOST_BUFFERED) {
      waiting.splice(0, waiting.length - MOST_BUFFERED + 1)
    }
    this.raw.emit(event as string, ...args)
  }

  /** Sends if there is a connection, else not at all: for what is stale a moment later. */
  emitNow<E extends ClientEvent<C>>(event: E, ...args: Arguments<C, E>): boolean {
    if (!this.raw.connected) return false
    this.raw.emit(event as string, ...args)
    return true
  }

  /**
   * Sends and waits for the answer. Rejects with `AskError` if there is no connection, no answer in time, or if
   * the sidecar refuses; sends nothing twice by itself.
   */
  ask<E extends ClientEvent<C>>(event: E, ...args: Arguments<C, E>): Promise<Answer<C, E>> {
    return this.askWithin(ANSWER_MS, event, ...args)
  }

  /** As `ask`, with a time limit in milliseconds. */
  async askWithin<E extends ClientEvent<C>>(
    ms: number,
    event: E,
    ...args: Arguments<C, E>
  ): Promise<Answer<C, E>> {
    if (!this.raw.connected) throw new AskError('disconnected', 'not connected')
    let answer: unknown
    try {
      answer = await this.raw.timeout(ms).emitWithAck(event as string, ...args)
    } catch (cause) {
      throw this.raw.connected
        ? new AskError('timeout', `no answer within ${ms} ms`, { cause })
        : new AskError('disconnected', 'the connection was lost before the answer', { cause })
    }
    const refusal = readRefusal(answer)
    if (refusal) throw refusal
    return answer as Answer<C, E>
  }
}
