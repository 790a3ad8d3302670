// What the internal API answers (`outrigger openapi`), as TypeScript knows it.

export interface Reached {
  sockets: number
  devices: number
}

export interface Emitted {
  success: true
  reached: Reached
}

export interface LoggedOut extends Emitted {
  endedSessions: number
}

export interface StoredNotificationAnswer {
  success: true
  /** `false`: the user wants none of its type. Absent in answers of a sidecar that has no preferences. */
  stored?: boolean
  /** Its id, and how many are unread then; absent if it was not stored. */
  notificationId?: string
  unreadCount?: number
}

export interface UserDocument {
  _id: string
  userId: string
  email: string
  role: string
  isAdmin: boolean
  /** The same as `active`, in the contract's word. */
  status: boolean
  active: boolean
  designations: string[]
  createdAt: string
  updatedAt: string
  name?: string | null
  firstName?: string | null
  lastName?: string | null
  bio?: string | null
  profileImage?: string | null
}

/** What is to be changed; what is absent stays. */
export interface UserChange {
  email?: string
  name?: string
  firstName?: string
  lastName?: string
  bio?: string
  profileImage?: string
  role?: string
  active?: boolean
  designations?: string[]
}

export interface UserConnections {
  userId: string
  connections: number
  devices: {
    deviceId: string
    socketCount: number
    sockets: { path: string; namespace: string; transport: string }[]
  }[]
}

export interface ConnectionTotals {
  connectedUsers: number
  totalConnections: number
  totalSockets: number
}

export interface ServerStatus {
  isInitialized: boolean
  isListening: boolean
  hasHttpServer: boolean
  connectedUsers: number
  totalConnections: number
  uptimeSeconds: number
  version: string
  lastError?: string | null
}

export interface RoomAnswer {
  room: string
  members: string[]
  present: string[]
}

export interface BatchCall {
  /** `/internal/…` */
  path: string
  method?: 'POST' | 'PUT' | 'GET'
  body?: unknown
}

export interface BatchResult {
  status: number
  body: unknown
}
