// A channel's socket, its events and its state.

import { useCallback, useEffect, useSyncExternalStore } from 'react'
import type { Fault } from '../connection/faults.js'
import { IDLE, type ConnectionStatus, type Snapshot } from '../connection/snapshot.js'
import type { ChannelName } from '../names.js'
import type { Payload, ServerEvent, TypedSocket } from '../socket/typed-socket.js'
import { useOutrigger } from './provider.js'
import { useLatest } from './use-latest.js'

export interface UsedSocket<C extends ChannelName> {
  /** Typed with the channel's events. It is there before it is connected. */
  socket: TypedSocket<C>
  connected: boolean
  status: ConnectionStatus
  /** Why it is not connected. */
  fault: Fault | null
  /** Whether this connection brought all that was missed since the one before; `null`: not known (yet). */
  recovered: boolean | null
  /** Connects anew: after logging in, or at the user's wish. */
  reconnect: () => void
}

/** Opens a channel while the component is mounted; without a name, `rooms`. */
export function useSocket(): UsedSocket<'rooms'>
export function useSocket<C extends ChannelName>(channel: C): UsedSocket<C>
export function useSocket<C extends ChannelName>(channel: C = 'rooms' as C): UsedSocket<C> {
  const client = useOutrigger()
  useEffect(() => client.hold(channel), [client, channel])
  const { status, fault, recovered } = useChannelState(channel)
  const reconnect = useCallback(() => client.reconnect(), [client])
  return { socket: client.peek(channel), connected: status === 'connected', status, fault, recovered, reconnect }
}

/** The state of one channel, whatever the others do. */
export function useChannelState(channel: ChannelName): Snapshot {
  const state = useOutrigger().channelState(channel)
  return useSyncExternalStore(
    state.subscribe,
    () => state.value,
    () => IDLE,
  )
}

/**
 * Calls `listener` at every event of that name while the component is mounted; the last render's listener is
 * the one that counts. The third argument names another channel than `rooms`.
 */
export function useSocketEvent<E extends ServerEvent<'rooms'>>(
  event: E,
  listener: (payload: Payload<'rooms', E>) => void,
): void
export function useSocketEvent<C extends ChannelName, E extends ServerEvent<C>>(
  event: E,
  listener: (payload: Payload<C, E>) => void,
  channel: C,
): void
export function useSocketEvent<C extends ChannelName, E extends ServerEvent<C>>(
  event: E,
  listener: (payload: Payload<C, E>) => void,
  channel: C = 'rooms' as C,
): void {
  const client = useOutrigger()
  const heard = useLatest(listener)
  useEffect(() => {
    const end = client.peek(channel).on(event, heard)
    const release = client.hold(channel)
    return () => {
      end()
      release()
    }
  }, [client, channel, event, heard])
}

/** Status, latency in milliseconds, transport, server and fault of the client. Opens nothing by itself. */
export function useConnectionStatus(): Snapshot {
  const client = useOutrigger()
  return useSyncExternalStore(
    client.subscribe,
    () => client.snapshot,
    () => IDLE,
  )
}
