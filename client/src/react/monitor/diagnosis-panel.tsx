// What is wrong, and what to do about it.

import type { ReactNode } from 'react'
import type { Diagnosis, Severity } from '../../diagnosis/diagnosis.js'
import { Badge, Section, type Tone } from './section.js'
import { useDiagnosis } from './use-diagnosis.js'

const TONES: Readonly<Record<Severity, { tone: Tone; word: string }>> = {
  ok: { tone: 'ok', word: 'OK' },
  warning: { tone: 'warning', word: 'Warning' },
  error: { tone: 'error', word: 'Fault' },
}

export function DiagnosisPanel(): ReactNode {
  const { diagnoses, isRunning, run } = useDiagnosis()
  return (
    <Section title="Diagnosis">
      <div aria-live="polite">
        {diagnoses.length === 0 && <p className="og-quiet">{isRunning ? 'Looking …' : 'No fault seen.'}</p>}
        <ul className="og-list">
          {diagnoses.map((diagnosis) => (
            <Finding key={`${diagnosis.code} ${diagnosis.detail}`} diagnosis={diagnosis} />
          ))}
        </ul>
      </div>
      <div className="og-actions">
        <button type="button" className="og-button" disabled={isRunning} onClick={run}>
          {isRunning ? 'Looking …' : 'Diagnose now'}
        </button>
      </div>
    </Section>
  )
}

function Finding({ diagnosis }: { diagnosis: Diagnosis }): ReactNode {
  const { tone, word } = TONES[diagnosis.severity]
  return (
    <li className="og-finding" data-code={diagnosis.code}>
      <p>
        <Badge tone={tone}>{word}</Badge> <strong>{diagnosis.title}</strong>
      </p>
      <p className="og-quiet">{diagnosis.detail}</p>
      {diagnosis.severity !== 'ok' && <p>{diagnosis.remedy}</p>}
    </li>
  )
}
