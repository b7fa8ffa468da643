/**
 * When a certificate is renewed, and when somebody is told that one ends.
 *
 * @module
 */
interface Life {
  readonly notBefore: Date
  readonly notAfter: Date
}

const dayMs = 86_400_000

/** At two thirds of its life there is time for everything that may go wrong with a renewal. */
export function isDueForRenewal({ notBefore, notAfter }: Life, now: Date): boolean {
  const life = notAfter.getTime() - notBefore.getTime()
  return now.getTime() >= notBefore.getTime() + (life * 2) / 3
}

/** The steps of the alarm: 30, 14, 7 and 1 day before the end, and 0 after it. `undefined` earlier. */
export function expiryStep(notAfter: Date, now: Date): 30 | 14 | 7 | 1 | 0 | undefined {
  const leftMs = notAfter.getTime() - now.getTime()
  if (leftMs <= 0) return 0
  return ([1, 7, 14, 30] as const).find((days) => leftMs <= days * dayMs)
}
