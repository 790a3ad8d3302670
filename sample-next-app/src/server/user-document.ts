// A user as this app's clients see one (contracts/rooms.md sections 4 and 6).
import { nameOf, type User } from './users'

export interface UserDocument {
  readonly userId: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly name: string
  readonly isAdmin: boolean
  readonly status: boolean
  readonly profileImage: string | null
  readonly bio: string
  readonly createdAt: string
  readonly updatedAt: string
}

export function userDocument(user: User): UserDocument {
  const { userId, email, firstName, lastName, isAdmin, active, profileImage, createdAt, updatedAt } = user
  return { userId, email, firstName, lastName, name: nameOf(user), isAdmin, status: active, profileImage, bio: '', createdAt, updatedAt }
}

/** Someone to write to. */
export interface Contact {
  readonly _id: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly isAdmin: boolean
  readonly isGuest: false
  readonly profileImage?: string
}

export function contactOf(user: User): Contact {
  const { userId, email, firstName, lastName, isAdmin, profileImage } = user
  return { _id: userId, email, firstName, lastName, isAdmin, isGuest: false, ...(profileImage ? { profileImage } : {}) }
}
