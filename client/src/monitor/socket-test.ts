// `/api/socket-test`: an admin asks the sidecar to try itself, or to say something (`contracts/rooms.md`
// section 4).

import type { Rest } from '../rest/rest.js'

export type Verdict = 'pass' | 'fail' | 'warn'

export interface SocketCheck {
  status: Verdict
  message: string
  details?: unknown
}

export interface SocketTestResult {
  success: boolean
  timestamp: string
  tests: Readonly<Record<string, SocketCheck>>
  summary: { total: number; passed: number; failed: number; warnings: number }
  onlineUsers: string[]
  serverStatus: Readonly<Record<string, unknown>>
}

export type SocketTestAction = 'sendToUser' | 'broadcast' | 'emitOnlineUsers'

export interface SocketTestActionResult {
  success: boolean
  action: SocketTestAction
  message: string
  timestamp: string
  reached?: { sockets: number; devices: number }
}

const PATH = '/api/socket-test'

export async function runSocketTest(rest: Rest): Promise<SocketTestResult> {
  return (await rest.call<SocketTestResult>(PATH)).body
}

export async function runSocketTestAction(
  rest: Rest,
  action: SocketTestAction,
  details: { targetUserId?: string; message?: string } = {},
): Promise<SocketTestActionResult> {
  const body = { action, ...details }
  return (await rest.call<SocketTestActionResult>(PATH, { method: 'POST', body })).body
}
