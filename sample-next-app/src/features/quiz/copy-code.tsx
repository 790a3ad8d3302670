'use client'

import { useState } from 'react'
import styles from './quiz.module.css'

/** What players type, large enough for the back row. */
export function CopyCode({ code }: { code: string }) {
  const [said, setSaid] = useState('')

  async function copy() {
    try {
      await navigator.clipboard.writeText(new URL(`/quiz/${code}`, window.location.href).href)
      setSaid('The link is copied.')
    } catch {
      setSaid('Your browser does not let this page copy.')
    }
  }

  return (
    <div className={styles.share}>
      <p>
        <span className="quiet">Players join with the code</span>
        <strong className={styles.bigCode} data-testid="code">
          {code}
        </strong>
      </p>
      <button type="button" className="button small" onClick={() => void copy()}>
        Copy the link
      </button>
      <span className="quiet" role="status">
        {said}
      </span>
    </div>
  )
}
