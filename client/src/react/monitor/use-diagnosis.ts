// Runs the diagnosis when something is wrong for longer than a moment, and when asked.

import { useCallback, useEffect, useRef, useState } from 'react'
import type { Diagnosis } from '../../diagnosis/diagnosis.js'
import { useOutrigger } from '../provider.js'
import { useConnectionStatus } from '../use-socket.js'

/** A reconnect that takes less (ms) needs no explanation. */
const MOMENT_MS = 1_500
/** A page on polling this long (ms) is looked at again. */
const SETTLED_MS = 6_000

export interface UsedDiagnosis {
  diagnoses: readonly Diagnosis[]
  isRunning: boolean
  run: () => void
}

export function useDiagnosis(): UsedDiagnosis {
  const client = useOutrigger()
  const { status, transport, fault } = useConnectionStatus()
  const [diagnoses, setDiagnoses] = useState<readonly Diagnosis[]>([])
  const [isRunning, setRunning] = useState(false)
  /** Only the last run's findings count. */
  const latest = useRef(0)

  const run = useCallback(() => {
    const mine = (latest.current += 1)
    setRunning(true)
    void client
      .diagnose()
      .then((found) => {
        if (latest.current === mine) setDiagnoses(found)
      })
      .finally(() => {
        if (latest.current === mine) setRunning(false)
      })
  }, [client])

  const faultKind = fault?.kind
  useEffect(() => {
    const wait = status === 'connected' ? SETTLED_MS : status === 'refused' ? 0 : MOMENT_MS
    const timer = setTimeout(run, wait)
    return () => clearTimeout(timer)
  }, [status, transport, faultKind, run])

  // What was wrong before the connection stood is no longer.
  useEffect(() => {
    if (status === 'connected') setDiagnoses([])
  }, [status])

  return { diagnoses, isRunning, run }
}
