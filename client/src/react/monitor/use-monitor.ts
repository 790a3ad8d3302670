// Live state and the reason why there is none.

import type { Fault } from '../../connection/faults.js'
import type { ConnectionStatus } from '../../connection/snapshot.js'
import { monitorOf, type MonitorStore, type MonitorView } from '../../monitor/monitor-store.js'
import { useOutrigger } from '../provider.js'
import { useLive } from '../use-live.js'
import { useChannelState } from '../use-socket.js'

export interface UsedMonitor extends MonitorView {
  status: ConnectionStatus
  fault: Fault | null
  store: MonitorStore
}

/** The sidecar's live state; only admins get it. */
export function useMonitor(): UsedMonitor {
  const store = monitorOf(useOutrigger())
  const view = useLive(store)
  const { status, fault } = useChannelState('monitor')
  return { ...view, status, fault, store }
}
