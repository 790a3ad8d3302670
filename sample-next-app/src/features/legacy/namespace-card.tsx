'use client'

import type { LegacyNamespace, TypedSocket } from '@outrigger/client'
import { useSocket } from '@outrigger/client/react'
import { useEffect, useState } from 'react'
import { When } from '@/features/shell/when'
import styles from './legacy.module.css'

export interface Action<N extends LegacyNamespace> {
  readonly label: string
  readonly run: (socket: TypedSocket<N>) => Promise<unknown>
}

interface Props<N extends LegacyNamespace> {
  readonly namespace: N
  readonly about: string
  readonly actions: readonly Action<N>[]
}

interface Heard {
  readonly id: number
  readonly at: string
  readonly what: string
  readonly said: string
}

/** Events that are shown at most. */
const MOST_HEARD = 20
const LONGEST_SAID = 600

/** What was said, without what is nobody's business. */
function describe(value: unknown): string {
  const hide = (key: string, one: unknown) => (/token|socketid/i.test(key) ? '…' : one)
  return (JSON.stringify(value, hide, 1) ?? '').slice(0, LONGEST_SAID)
}

/** One namespace: its state, what can be said in it, and what was heard. */
export function NamespaceCard<N extends LegacyNamespace>({ namespace, about, actions }: Props<N>) {
  const { socket, connected, fault } = useSocket(namespace)
  const [heard, setHeard] = useState<readonly Heard[]>([])

  const note = (what: string, value: unknown) => {
    const at = new Date().toISOString()
    setHeard((all) => [{ id: (all[0]?.id ?? 0) + 1, at, what, said: describe(value) }, ...all].slice(0, MOST_HEARD))
  }

  useEffect(() => {
    const hear = (event: string, value: unknown) => note(event, value)
    socket.raw.onAny(hear)
    return () => {
      socket.raw.offAny(hear)
    }
  }, [socket])

  async function act({ label, run }: Action<N>) {
    try {
      note(label, await run(socket))
    } catch (error) {
      note(label, { refused: error instanceof Error ? error.message : String(error) })
    }
  }

  const id = `namespace-${namespace.slice(1)}`
  return (
    <section className={`card ${styles.card}`} aria-labelledby={id} data-connected={connected}>
      <h2 id={id}>
        <code>{namespace}</code>
        <span className={`tag ${connected ? 'good' : ''}`}>{connected ? 'Connected' : (fault?.message ?? 'Not connected')}</span>
      </h2>
      <p className="quiet">{about}</p>
      <div className={styles.actions}>
        {actions.map((action) => (
          <button key={action.label} type="button" className="button small" disabled={!connected} onClick={() => void act(action)}>
            {action.label}
          </button>
        ))}
      </div>
      <h3 className={styles.subhead}>Heard</h3>
      {heard.length === 0 ? (
        <p className="quiet">Nothing yet.</p>
      ) : (
        <ol className={styles.heard} tabIndex={0} aria-label={`Heard in ${namespace}`}>
          {heard.map((one) => (
            <li key={one.id}>
              <details>
                <summary>
                  {one.what} <span className="quiet"><When at={one.at} time /></span>
                </summary>
                <pre>{one.said}</pre>
              </details>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
