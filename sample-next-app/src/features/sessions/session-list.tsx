'use client'

import { useCallback, useEffect, useState } from 'react'
import { call, faultOf } from '@/browser/call'
import { leave } from '@/browser/leave'
import { When } from '@/features/shell/when'
import styles from './sessions.module.css'
import { describeUserAgent } from './user-agent'

interface Session {
  readonly deviceId: string
  readonly userAgent: string
  readonly provider: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly current: boolean
  readonly sockets?: number
}

interface SessionsAnswer {
  readonly sessions: Session[]
}

const REFRESH_MS = 5000

/** The devices, each with a way to end it. */
export function SessionList() {
  const [sessions, setSessions] = useState<Session[] | null>(null)
  const [fault, setFault] = useState<string | null>(null)

  const load = useCallback(async () => {
    const answer = await call<SessionsAnswer>('/api/auth/sessions')
    if (answer.ok && answer.body.sessions) setSessions(answer.body.sessions)
    setFault(answer.ok ? null : faultOf(answer))
  }, [])

  useEffect(() => {
    void load()
    const timer = setInterval(() => void load(), REFRESH_MS)
    return () => clearInterval(timer)
  }, [load])

  async function end(device: Session) {
    const answer = await call(`/api/auth/sessions?deviceId=${encodeURIComponent(device.deviceId)}`, 'DELETE')
    if (!answer.ok) setFault(faultOf(answer))
    else if (device.current) return leave('ended')
    await load()
  }

  async function endAll() {
    const answer = await call('/api/auth/logout?all=true', 'POST')
    if (answer.ok) leave('ended')
    else setFault(faultOf(answer))
  }

  return (
    <>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <ul className={styles.list} aria-busy={sessions === null}>
        {sessions?.map((one) => (
          <li key={one.deviceId} className={`card ${styles.device}`}>
            <div className={styles.what}>
              <span className={styles.name}>
                {describeUserAgent(one.userAgent)}
                {one.current && <span className="tag good">This device</span>}
                {one.sockets !== undefined && one.sockets > 0 && <span className="tag">Connected</span>}
              </span>
              <span className="quiet">
                Logged in <When at={one.createdAt} />
                {one.provider === 'password' ? '' : ` with ${one.provider}`}
              </span>
            </div>
            <button type="button" className="button small danger" onClick={() => end(one)}>
              Log out<span className="visually-hidden"> {describeUserAgent(one.userAgent)}</span>
            </button>
          </li>
        ))}
      </ul>
      <div>
        <button type="button" className="button danger" onClick={endAll} disabled={!sessions}>
          Log out everywhere
        </button>
      </div>
    </>
  )
}
