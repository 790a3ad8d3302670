'use client'

import { useEffect, useState } from 'react'

export interface Sample {
  /** Milliseconds since the first one. */
  readonly at: number
  readonly success: number
  readonly failed: number
}

/** Most that are kept: every second one goes when there are more, so that the whole time stays in the picture. */
const MOST = 160

/** How two counts went while this was shown. */
export function useSamples(success: number | null, failed: number | null): readonly Sample[] {
  const [state, setState] = useState<{ begin: number; samples: readonly Sample[] }>({ begin: 0, samples: [] })
  useEffect(() => {
    if (success === null && failed === null) return
    setState(({ begin, samples }) => {
      const now = performance.now()
      const start = samples.length === 0 ? now : begin
      const kept = samples.length < MOST ? samples : samples.filter((_, index) => index % 2 === 0)
      return { begin: start, samples: [...kept, { at: now - start, success: success ?? 0, failed: failed ?? 0 }] }
    })
  }, [success, failed])
  return state.samples
}
