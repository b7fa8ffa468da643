/**
 * A service for tests, with one operation of each class that matters here.
 *
 * It writes down what it was made to do, which is what tests are about.
 *
 * @module
 */
import {
  checkResultSchema,
  defineContract,
  defineService,
  noParams,
  operation,
  type Reconciled,
} from '@sallygate/service-kit'
import { connect } from 'node:net'
import { z } from 'zod'

const anything = z.strictObject({ text: z.string().optional() })
const times = { deadlineMs: 5000, leastMs: 50 }

export const sampleContract = defineContract('sample', 1, {
  title: 'Sample',
  settings: {
    schema: z.strictObject({ greeting: z.string(), password: z.string().optional(), fails: z.boolean().optional() }),
    classification: { greeting: 'public' },
    erasesSecrets: [],
  },
  operations: {
    check: operation({ class: 'R', says: 'Checks.', params: noParams, result: checkResultSchema, ...times }),
    read: operation({
      class: 'R',
      says: 'Reads.',
      params: anything,
      result: z.strictObject({ said: z.string() }),
      ...times,
    }),
    reach: operation({
      class: 'R',
      says: 'Connects.',
      params: z.strictObject({ host: z.string(), port: z.number() }),
      result: z.strictObject({ address: z.string() }),
      ...times,
    }),
    guess: operation({
      class: 'B',
      says: 'Tries a password.',
      params: anything,
      result: z.strictObject({ said: z.string() }),
      ...times,
    }),
    set: operation({
      class: 'S',
      says: 'Sets.',
      params: anything,
      result: z.strictObject({ said: z.string() }),
      ...times,
    }),
    issue: operation({
      class: 'N',
      says: 'Issues.',
      params: anything,
      result: z.strictObject({ serial: z.number() }),
      ...times,
    }),
    crash: operation({ class: 'R', says: 'Has a bug.', params: anything, result: noParams, ...times }),
    hang: operation({ class: 'R', says: 'Never ends by itself.', params: anything, result: noParams, ...times }),
    much: operation({
      class: 'R',
      says: 'Answers a lot.',
      params: z.strictObject({ bytes: z.number() }),
      result: z.strictObject({ text: z.string() }),
      ...times,
    }),
  },
  limits: { baseDns: 'Parts of a tree.' },
})

export interface SampleTrace {
  /** What was carried out, in order: `issue a`. */
  readonly done: string[]
  readonly limits: unknown[]
  starts: number
  /** Issuing waits for it. */
  pause?: Promise<void>
  /** What the back-end says of an intent nobody remembers. */
  said?: Reconciled<{ serial: number }>
}

export function sampleService(trace: SampleTrace = { done: [], limits: [], starts: 0 }) {
  const note = (name: string, text: string | undefined) =>
    trace.done.push(text === undefined ? name : `${name} ${text}`)
  const service = defineService(sampleContract, async (settings, host) => {
    trace.starts++
    if (settings.fails === true) throw new Error('cannot start')
    const say = (name: string) => async (params: { readonly text?: string | undefined }) => {
      note(name, params.text)
      return { said: settings.greeting }
    }
    return {
      operations: {
        check: async () => ({
          rows: [{ target: 'sample', result: 'ok' as const, says: settings.greeting, fix: '', durationMs: 0 }],
        }),
        async read(params, context) {
          trace.limits.push(context.limits)
          note('read', params.text)
          return { said: settings.greeting }
        },
        async reach({ host: name, port }, context) {
          const { address } = await context.trace.span('dns', () => host.target(name, port))
          await new Promise<void>((resolve, reject) => {
            const socket = connect({ host: address, port }, () => {
              socket.destroy()
              resolve()
            })
            socket.on('error', reject)
          })
          return { address }
        },
        guess: say('guess'),
        set: say('set'),
        async issue(params) {
          note('issue', params.text)
          await trace.pause
          return { serial: trace.done.length }
        },
        crash: () => {
          note('crash', undefined)
          return (undefined as unknown as { boom(): Promise<Record<string, never>> }).boom()
        },
        hang: (_params, { signal }) =>
          new Promise((_, reject) => {
            note('hang', undefined)
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
          }),
        much: async ({ bytes }) => ({ text: 'x'.repeat(bytes) }),
      },
      reconcile: {
        async issue({ params }) {
          note('reconcile', params.text)
          return trace.said ?? { state: 'unknown' as const, because: 'nobody knows' }
        },
      },
      health: () => ({ kind: 'healthy' as const }),
      stop: async () => undefined,
    }
  })
  return { service, trace }
}

/** Allows everything the sample can do, and these targets. */
export function samplePolicy(targets: readonly string[] = [], more = ''): string {
  const operations = Object.keys(sampleContract.operations)
  return `version = 1
[services.sample]
operations = ${JSON.stringify(operations)}
targets = ${JSON.stringify(targets)}
${more}`
}
