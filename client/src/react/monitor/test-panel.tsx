// Buttons that make something happen: a message to one user, to all, the list of who is online, and the
// sidecar's test of itself with all it found.

import { useEffect, useId, useState, type ReactNode } from 'react'
import { names } from '../../names.js'
import {
  runSocketTest,
  runSocketTestAction,
  type SocketTestAction,
  type SocketTestResult,
} from '../../monitor/socket-test.js'
import { useOutrigger } from '../provider.js'
import { usePresence } from '../use-presence.js'
import { useSocketEvent } from '../use-socket.js'
import { Section } from './section.js'
import { TestResults } from './test-results.js'

export function TestPanel(): ReactNode {
  const { rest } = useOutrigger()
  const { onlineUsers } = usePresence()
  const [target, setTarget] = useState('')
  const [message, setMessage] = useState('Test message')
  const [outcome, setOutcome] = useState('')
  const [heard, setHeard] = useState('')
  const [result, setResult] = useState<SocketTestResult | null>(null)
  const [busy, setBusy] = useState<string | null>(null)
  const ids = { target: useId(), users: useId(), message: useId() }

  useSocketEvent(names.rooms.server.testMessage, (said) => setHeard(`This page got “${said.message}” from ${said.from}.`))
  const [first] = onlineUsers
  useEffect(() => {
    if (first !== undefined) setTarget((known) => known || first)
  }, [first])

  const run = (what: string, work: () => Promise<string>): void => {
    setBusy(what)
    setOutcome('')
    work()
      .then(setOutcome, (cause: unknown) => setOutcome(`${what} failed: ${cause instanceof Error ? cause.message : ''}`))
      .finally(() => setBusy(null))
  }
  const act = (what: string, action: SocketTestAction, targetUserId?: string): void =>
    run(what, async () => {
      const details = { message, ...(targetUserId === undefined ? {} : { targetUserId }) }
      const { reached } = await runSocketTestAction(rest, action, details)
      return reached ? `${what}: reached ${reached.sockets} sockets on ${reached.devices} devices.` : `${what}: done.`
    })

  return (
    <Section title="Tests" wide>
      <div className="og-form">
        <div className="og-field">
          <label htmlFor={ids.message}>Message</label>
          <input
            id={ids.message}
            className="og-input"
            value={message}
            maxLength={500}
            onChange={(change) => setMessage(change.target.value)}
          />
        </div>
        <div className="og-field">
          <label htmlFor={ids.target}>User id</label>
          <input
            id={ids.target}
            className="og-input"
            list={ids.users}
            value={target}
            onChange={(change) => setTarget(change.target.value)}
          />
          <datalist id={ids.users}>
            {onlineUsers.map((id) => (
              <option key={id} value={id} />
            ))}
          </datalist>
        </div>
      </div>
      <div className="og-actions">
        <button
          type="button"
          className="og-button"
          disabled={busy !== null || target === ''}
          onClick={() => act('Send to user', 'sendToUser', target)}
        >
          Send to user
        </button>
        <button type="button" className="og-button" disabled={busy !== null} onClick={() => act('Broadcast', 'broadcast')}>
          Broadcast
        </button>
        <button
          type="button"
          className="og-button"
          disabled={busy !== null}
          onClick={() => act('Emit online users', 'emitOnlineUsers')}
        >
          Emit online users
        </button>
        <button
          type="button"
          className="og-button og-primary"
          disabled={busy !== null}
          onClick={() =>
            run('Socket test', async () => {
              const found = await runSocketTest(rest)
              setResult(found)
              const { passed, total } = found.summary
              return `Socket test: ${passed} of ${total} checks passed.`
            })
          }
        >
          Run socket test
        </button>
      </div>
      <p role="status" className="og-quiet">
        {busy === null ? outcome : `${busy} …`}
      </p>
      <p role="status" className="og-quiet">
        {heard}
      </p>
      {result && <TestResults result={result} />}
    </Section>
  )
}
