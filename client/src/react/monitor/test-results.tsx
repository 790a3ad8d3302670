// The sidecar's test of itself, check by check.

import type { ReactNode } from 'react'
import type { SocketTestResult, Verdict } from '../../monitor/socket-test.js'
import { Badge, clock, type Tone } from './section.js'

const VERDICTS: Readonly<Record<Verdict, { tone: Tone; word: string }>> = {
  pass: { tone: 'ok', word: 'pass' },
  warn: { tone: 'warning', word: 'warning' },
  fail: { tone: 'error', word: 'fail' },
}

/** `connectionTracking` → `Connection tracking`. */
function title(name: string): string {
  const words = name.replace(/([A-Z])/g, ' $1').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export function TestResults({ result }: { result: SocketTestResult }): ReactNode {
  return (
    <>
      <p className="og-quiet">
        {clock(result.timestamp)}: {result.summary.passed} passed, {result.summary.failed} failed,{' '}
        {result.summary.warnings} warnings; {result.onlineUsers.length} users online.
      </p>
      <ul className="og-list">
        {Object.entries(result.tests).map(([name, check]) => (
          <li key={name} className="og-finding">
            <p>
              <Badge tone={VERDICTS[check.status].tone}>{VERDICTS[check.status].word}</Badge>{' '}
              <strong>{title(name)}</strong> {check.message}
            </p>
            {check.details !== undefined && (
              <details>
                <summary>Details</summary>
                <pre className="og-pre" tabIndex={0}>
                  {JSON.stringify(check.details, null, 2)}
                </pre>
              </details>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}
