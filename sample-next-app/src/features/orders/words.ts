// The market's words, for people.

import type { OrderStatus } from '@outrigger/client'
import type { ProductStatus } from '@/server/market/products'

/** How an order goes, when all goes well. */
export const STEPS: readonly OrderStatus[] = ['pending', 'processing', 'shipped', 'delivered']

/** Which of them an order is at; -1: it does not go well. */
export const stepOf = (status: string): number => STEPS.findIndex((step) => step === status)

const WORDS: Readonly<Record<string, string>> = {
  pending: 'Placed',
  processing: 'In preparation',
  shipped: 'Shipped',
  delivered: 'Delivered',
  cancelled: 'Called off',
  refunded: 'Paid back',
}

/** Something that can be done with an order. */
export interface Deed {
  readonly status: OrderStatus
  /** What whoever does it calls it. */
  readonly deed: string
}

/** What a seller does next. */
const DEEDS: Readonly<Record<string, string>> = { processing: 'Prepare', shipped: 'Ship', delivered: 'Mark delivered' }

export const statusWord = (status: string): string => WORDS[status] ?? status

/** The next step of an order, and what a seller calls it; null at its end. */
export function nextStep(status: string): Deed | null {
  const reached = stepOf(status)
  const next = reached === -1 ? undefined : STEPS[reached + 1]
  return next === undefined ? null : { status: next, deed: DEEDS[next] ?? next }
}

export const PRODUCT_WORDS: Readonly<Record<ProductStatus, string>> = {
  pending: 'Waits for an admin',
  approved: 'On sale',
  rejected: 'Not let in',
}

export const money = (units: number): string => `$${units.toFixed(2)}`

export const faultText = (cause: unknown): string => (cause instanceof Error ? cause.message : 'Something went wrong. Try again.')
