'use client'

import { useEffect, useState } from 'react'
import { call, faultOf } from '@/browser/call'
import type { AskedQuestion } from '@/server/quizzes/quiz'

/** After a call that did not succeed, in milliseconds. */
const AGAIN_MS = 1_500

export interface QuestionText {
  readonly question: AskedQuestion | null
  /** Why it is not there yet. */
  readonly fault: string | null
}

/** What the question of that id asks; the sidecar knows it by its id only. */
export function useQuestion(code: string, questionId: string | null): QuestionText {
  const [text, setText] = useState<QuestionText>({ question: null, fault: null })
  useEffect(() => {
    if (questionId === null) return
    let timer: ReturnType<typeof setTimeout>
    let isOver = false
    const load = async () => {
      const path = `/api/quizzes/${encodeURIComponent(code)}/questions/${encodeURIComponent(questionId)}`
      const answer = await call<{ question: AskedQuestion }>(path)
      if (isOver) return
      if (answer.ok && answer.body.question) return setText({ question: answer.body.question, fault: null })
      setText({ question: null, fault: faultOf(answer) })
      timer = setTimeout(() => void load(), AGAIN_MS)
    }
    void load()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [code, questionId])
  return text.question?.id === questionId ? text : { question: null, fault: text.fault }
}
