'use client'

import { useState } from 'react'
import { call } from '@/browser/call'

interface Props {
  readonly userId: string
  readonly name: string
  readonly isFollowed: boolean
}

/** Follows someone: the app notes it and tells the sidecar, which notifies them. */
export function FollowButton({ userId, name, isFollowed }: Props) {
  const [following, setFollowing] = useState(isFollowed)
  const [busy, setBusy] = useState(false)

  async function change() {
    setBusy(true)
    const { ok, body } = await call<{ following: boolean }>(
      `/api/social/follow/${encodeURIComponent(userId)}`,
      following ? 'DELETE' : 'POST',
    )
    if (ok) setFollowing(body.following === true)
    setBusy(false)
  }

  return (
    <button type="button" className="button small" aria-pressed={following} onClick={() => void change()} disabled={busy}>
      {following ? 'Following' : 'Follow'}
      <span className="visually-hidden"> {name}</span>
    </button>
  )
}
