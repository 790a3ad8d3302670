// What the sidecar is told by this app. Each can be told again without harm.

export interface MessageNotice {
  readonly kind: 'message'
  readonly senderId: string
  readonly receiverId: string
  readonly text?: string
  readonly image?: string
  /** A second message with the same id is the first. */
  readonly clientMessageId: string
}

export interface UserNotice {
  readonly kind: 'user'
  readonly userId: string
}

export interface StatusNotice {
  readonly kind: 'status'
  readonly userId: string
  readonly active: boolean
}

/** The user's rights changed: open sockets get a new token. */
export interface RightsNotice {
  readonly kind: 'rights'
  readonly userId: string
  readonly reason: string
}

export interface LogoutNotice {
  readonly kind: 'logout'
  readonly userId: string
  /** Absent: all of the user's devices. */
  readonly deviceId?: string
  readonly reason: string
}

/** What holds no longer: a token known by its id, or all of a user that are older than now. */
export type RevocationNotice =
  | { readonly kind: 'revocation'; readonly tokenId: string }
  | { readonly kind: 'revocation'; readonly userId: string }

export interface NotificationNotice {
  readonly kind: 'notification'
  readonly userId: string
  readonly type: string
  readonly title: string
  readonly message: string
}

/** Someone has a new follower, or one fewer. */
export interface FollowNotice {
  readonly kind: 'follow'
  readonly userId: string
  /** The new one, of whom the user is notified. */
  readonly followerId?: string
}

export type Notice =
  | MessageNotice
  | UserNotice
  | StatusNotice
  | RightsNotice
  | LogoutNotice
  | RevocationNotice
  | NotificationNotice
  | FollowNotice

/** What became of a notice: those for `later` are told as soon as the sidecar is there. */
export type Told = { readonly told: 'now' } | { readonly told: 'later' } | { readonly told: 'refused'; readonly why: string }
