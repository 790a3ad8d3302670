import { logOut } from '@/server/login'
import { listLogins } from '@/server/logins'
import { answer, forUsers, refuse } from '@/server/request'
import { connectedDevices } from '@/server/sidecar/presence'

/** A user's devices; admins may ask for others' (contracts/rooms.md section 4). */
export const GET = forUsers(async (request, { user, login }) => {
  const userId = new URL(request.url).searchParams.get('userId') ?? user.userId
  if (userId !== user.userId && !user.isAdmin) return refuse(403, 'Forbidden')
  const [logins, connected] = await Promise.all([listLogins(userId), connectedDevices(userId)])
  const sessions = logins.map((one) => ({
    _id: `${one.userId}:${one.deviceId}`,
    userId: one.userId,
    deviceId: one.deviceId,
    userAgent: one.userAgent,
    provider: one.provider,
    createdAt: one.createdAt,
    updatedAt: one.seenAt,
    expiresAt: one.expiresAt,
    isActive: true,
    current: one.deviceId === login.deviceId,
    /** Absent when the sidecar cannot be asked. */
    ...(connected ? { sockets: connected.get(one.deviceId) ?? 0 } : {}),
  }))
  sessions.sort((a, b) => Number(b.current) - Number(a.current))
  return answer({ success: true, sessions })
})

/** Ends a device, or all of them; their sockets close. */
export const DELETE = forUsers(async (request, { user }) => {
  const query = new URL(request.url).searchParams
  const userId = query.get('userId') ?? user.userId
  if (userId !== user.userId && !user.isAdmin) return refuse(403, 'Forbidden')
  const deviceId = query.get('deviceId')
  if (!deviceId && query.get('allDevices') !== 'true') return refuse(400, 'deviceId or allDevices is required')
  const ended = await logOut(userId, deviceId ?? undefined)
  return answer({ success: true, deactivatedSessions: ended, message: `${ended} session(s) deactivated` })
})
