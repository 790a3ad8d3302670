'use client'

import { useHere } from '@/browser/use-here'

const MINUTE = 60_000

/** A moment in the reader's own time. Not on the server: it does not know where the reader is. */
export function When({ at, time = false }: { at: string; time?: boolean }) {
  const here = useHere()
  return <time dateTime={at}>{here ? (time ? timeOf(at) : describe(at)) : ''}</time>
}

function timeOf(at: string): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
}

function describe(at: string): string {
  const moment = new Date(at)
  const ago = Date.now() - moment.getTime()
  if (ago < MINUTE) return 'just now'
  if (ago < 60 * MINUTE) return `${Math.floor(ago / MINUTE)} min ago`
  const today = new Date().toDateString() === moment.toDateString()
  return today ? `today at ${timeOf(at)}` : `${moment.toLocaleDateString([], { day: 'numeric', month: 'short' })} at ${timeOf(at)}`
}
