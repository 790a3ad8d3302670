// Amounts: whole cents in the store, so that sums are exact; units with two places everywhere else.

export const centsOf = (units: number): number => Math.round(units * 100)

export const unitsOf = (cents: number): number => cents / 100
