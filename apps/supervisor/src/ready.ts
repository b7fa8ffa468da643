/**
 * What ready.json says of an all-in-one start: where everything is, and nothing secret.
 *
 * @module
 */
import type { PartStatus } from '@sallygate/base/process'
import { factsOf, type SampleOfficeFacts } from './sample-office.ts'

type ShownFacts = Pick<SampleOfficeFacts, 'baseDn' | 'bindDn' | 'people' | 'groups'>

/** What ready.json holds. */
export interface Ready {
  readonly consoleUrl: string
  readonly nacUrl: string
  readonly relayUrl: string
  /** By name, as a person would; the ids beside it are what the API's paths take as well. */
  readonly group: string
  readonly groupId: string
  readonly connector: string
  readonly connectorId: string
  readonly adminUser: string
  readonly credentialFile: string
  readonly pids: Readonly<Record<string, number>>
  readonly sampleOffice?: { readonly url: string; readonly simulated: true } & ShownFacts
}

/** @param status What the sample office said; its password stays behind. */
export function readyOffice(url: string, status: PartStatus): NonNullable<Ready['sampleOffice']> {
  const { baseDn, bindDn, people, groups } = factsOf(status)
  return { url, simulated: true, baseDn, bindDn, people, groups }
}
