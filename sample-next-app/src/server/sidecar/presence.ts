// Which devices have something open.
import 'server-only'
import { outrigger } from './outrigger'

/** Sockets of each of a user's devices; null if the sidecar cannot be asked. */
export async function connectedDevices(userId: string): Promise<ReadonlyMap<string, number> | null> {
  const { ok, value } = await outrigger().getUserConnections(userId, { retries: 0, timeoutMs: 1500 })
  return ok ? new Map(value.devices.map((device) => [device.deviceId, device.socketCount])) : null
}
