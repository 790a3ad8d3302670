// A titled part of the monitor, and the small things all parts use.

import { useId, type ReactNode } from 'react'

export function Section(props: { title: string; note?: ReactNode; wide?: boolean; children: ReactNode }): ReactNode {
  const id = useId()
  return (
    <section className={props.wide ? 'og-section og-wide' : 'og-section'} aria-labelledby={id}>
      <h3 className="og-heading" id={id}>
        {props.title}
        {props.note !== undefined && <span className="og-note"> {props.note}</span>}
      </h3>
      {props.children}
    </section>
  )
}

export type Tone = 'ok' | 'warning' | 'error' | 'idle'

const SIGNS: Readonly<Record<Tone, string>> = { ok: '●', warning: '▲', error: '■', idle: '○' }

/** A word with a sign of its own shape: nothing is said by colour alone. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }): ReactNode {
  return (
    <span className={`og-badge og-${tone}`}>
      <span aria-hidden="true">{SIGNS[tone]}</span> {children}
    </span>
  )
}

export function Figure(props: { label: string; long?: boolean; children: ReactNode }): ReactNode {
  const { label, long = false, children } = props
  return (
    <div className={long ? 'og-figure og-long' : 'og-figure'}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** `14:05:09`; the same on the server and in the page would need a time zone, so it is for mounted parts only. */
export function clock(timestamp: string | number): string {
  return new Date(timestamp).toLocaleTimeString()
}

export function duration(seconds: number): string {
  const units: [number, string][] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
  ]
  for (const [size, unit] of units) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`
  }
  return `${Math.floor(seconds)} s`
}

export function bytes(count: number): string {
  if (count < 1_000) return `${Math.round(count)} B`
  if (count < 1_000_000) return `${(count / 1_000).toFixed(1)} kB`
  return `${(count / 1_000_000).toFixed(1)} MB`
}
