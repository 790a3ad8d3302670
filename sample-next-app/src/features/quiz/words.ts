// A quiz's words, for people.

import type { QuizSessionState } from '@outrigger/client'

const STATUS = { waiting: 'Not started', active: 'Under way', completed: 'Over' } as const

export const statusWord = (status: QuizSessionState['status']): string => (status === null ? '…' : STATUS[status])

export const faultText = (cause: unknown): string => (cause instanceof Error ? cause.message : 'Something went wrong. Try again.')
