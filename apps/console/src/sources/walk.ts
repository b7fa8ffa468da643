/**
 * Asks a source for everything it has, page by page, in its own dialect.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import {
  HttpsExchange,
  iseClientFailure,
  IseClient,
  targetOf,
  type AskedDevices,
  type ExchangeRequest,
} from '@sallygate/protocol-ise-mdm'
import { UemClient } from '@sallygate/protocol-workspace-one'
import type { SourceSecrets, SourceSettings } from './settings.ts'
import { ofIse, ofWorkspaceOne, type SourceDevice } from './source-device.ts'
import type { TargetRule } from './target-rule.ts'

export interface WalkOptions {
  readonly settings: SourceSettings
  readonly secrets: SourceSecrets
  readonly clock: Clock
  readonly admits: TargetRule
  /** Hears the headers of each answer before anything is made of it; what it throws ends the walk. */
  readonly onAnswer?: (headers: Readonly<Record<string, string>>) => void
}

/** A bulk query of a large server takes its time; nobody waits for it. */
const timeoutMs = 60_000
const answerBytes = 64 * 1024 * 1024

/** @throws ISE_CLIENT_*, UEM_CLIENT_*. What came before the failure was yielded. */
export async function* walk(options: WalkOptions): AsyncGenerator<readonly SourceDevice[]> {
  const { settings, secrets, clock, admits, onAnswer } = options
  const { origin, prefix } = targetOf(settings.url)
  const https = new HttpsExchange({
    origin,
    clock,
    admits,
    timeoutMs,
    maxAnswerBytes: answerBytes,
    maxConnections: 1,
    ...(settings.ca === undefined ? {} : { ca: settings.ca }),
  })
  const exchange = {
    async request(request: ExchangeRequest) {
      const answer = await https.request(request)
      onAnswer?.(answer.headers)
      return answer
    },
  }
  const password = new Secret(secrets.password)
  try {
    if (settings.kind === 'workspaceOne') {
      const tenantCode = new Secret(secrets.tenantCode ?? '')
      const client = new UemClient({ exchange, user: settings.user, password, tenantCode, prefix })
      for await (const page of client.pages()) yield page.flatMap((device) => ofWorkspaceOne(device) ?? [])
    } else {
      yield* walkIse(new IseClient({ exchange, credentials: { user: settings.user, password }, prefix }))
    }
  } finally {
    https.close()
  }
}

/** Some servers answer only the questions that ISE really asks; those are then asked for both verdicts. */
async function* walkIse(client: IseClient): AsyncGenerator<readonly SourceDevice[]> {
  let hasBegun = false
  try {
    for await (const devices of pagesOf(client, { kind: 'all' })) {
      hasBegun = true
      yield devices
    }
  } catch (error) {
    const isRefused =
      iseClientFailure.is(error) && ['ISE_CLIENT_NOT_THERE', 'ISE_CLIENT_ANSWER_STATUS'].includes(error.code)
    if (hasBegun || !isRefused) throw error
    yield* pagesOf(client, { kind: 'compliance', isCompliant: true })
    yield* pagesOf(client, { kind: 'compliance', isCompliant: false })
  }
}

async function* pagesOf(client: IseClient, query: AskedDevices): AsyncGenerator<readonly SourceDevice[]> {
  for await (const { value } of client.pages(query)) yield value.devices.flatMap((device) => ofIse(device) ?? [])
}
