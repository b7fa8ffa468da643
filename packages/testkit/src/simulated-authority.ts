/**
 * A *simulated* certificate authority: it issues nothing but lines in a ledger, one for each thing it did.
 *
 * Its service has one operation that must not be repeated. What it is asked for twice it does twice, as a
 * real one would; that it is not asked twice is for others to see to. Faults end its process where a test wants.
 *
 * @module
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { checkResultSchema, defineContract, defineService, noParams, operation } from '@sallygate/service-kit'
import { z } from 'zod'

export const authorityContract = defineContract('authority', 1, {
  title: 'Simulated authority',
  settings: {
    schema: z.strictObject({ ledger: z.string() }),
    classification: { ledger: 'public' },
    erasesSecrets: [],
  },
  operations: {
    check: operation({
      class: 'R',
      says: 'Checks.',
      params: noParams,
      result: checkResultSchema,
      deadlineMs: 5000,
      leastMs: 50,
    }),
    issue: operation({
      class: 'N',
      says: 'Issues a certificate.',
      params: z.strictObject({ subject: z.string().max(100) }),
      result: z.strictObject({ serial: z.number().int() }),
      deadlineMs: 60_000,
      leastMs: 100,
    }),
  },
})

/** Where the process ends by itself, without a word. */
export type Fault = 'none' | 'beforeCall' | 'afterCall' | 'afterResult'

export interface LedgerLine {
  readonly serial: number
  readonly subject: string
  readonly key: string
}

export function readLedger(file: string): readonly LedgerLine[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LedgerLine)
}

/** @param fault Read anew for every call: the process that comes after has none. */
export function simulatedAuthority(fault: () => Fault) {
  return defineService(authorityContract, async ({ ledger }) => ({
    operations: {
      check: async () => ({ rows: [] }),
      async issue({ subject }, { idempotencyKey = '' }) {
        const now = fault()
        if (now === 'beforeCall') die()
        const serial = readLedger(ledger).length + 1
        appendFileSync(ledger, `${JSON.stringify({ serial, subject, key: idempotencyKey })}\n`, { flush: true })
        if (now === 'afterCall') die()
        // The result is in the journal within milliseconds, and its answer leaves right after: now or a moment later.
        if (now === 'afterResult') setImmediate(() => setTimeout(die, 1))
        return { serial }
      },
    },
    reconcile: {
      /** As a real one is asked by its transaction number. */
      async issue({ key }) {
        const found = readLedger(ledger).find((line) => line.key === key)
        return found === undefined
          ? { state: 'notDone' as const }
          : { state: 'done' as const, result: { serial: found.serial } }
      },
    },
    health: () => ({ kind: 'healthy' as const }),
    stop: async () => undefined,
  }))
}

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  // The signal comes before the next line of anybody.
  for (;;);
}
