/**
 * The ground of the console: its identity and authorities, the tree of groups, who is who among connectors, and settings.
 *
 * Nothing of it speaks to anybody yet.
 *
 * @module
 */
import { join } from 'node:path'
import type { Store } from '@sallygate/store'
import { GroupAuthorities } from './certificates/group-authorities.ts'
import { Installation } from './certificates/installation.ts'
import { TrustSetIssuer } from './certificates/trust-sets.ts'
import { DirectInstances } from './connectors/direct-instances.ts'
import { InstanceBook } from './connectors/instance-book.ts'
import { Revocations } from './connectors/revocations.ts'
import { Serving } from './connectors/serving.ts'
import { Sessions } from './connectors/sessions.ts'
import type { ConsoleHost } from './console.ts'
import { OrganizationGroups } from './organization-groups/organization-groups.ts'
import { RelaySettingsFile } from './relay/relay-settings.ts'
import { RequestJournal } from './requests/request-journal.ts'
import { ServiceBook } from './services/service-book.ts'
import { SettingsBook } from './settings/settings-book.ts'
import type { ConsoleSettings } from './settings.ts'
import { serviceContracts, settingsPages } from './contracts.ts'

export type Ground = Awaited<ReturnType<typeof layGround>>

/** @throws what opening a part throws: STORE_*, FILE_*. */
export async function layGround(
  consoleSettings: ConsoleSettings,
  store: Store,
  { clock, log }: Pick<ConsoleHost, 'clock' | 'log'>,
) {
  const installation = await Installation.open(store, clock, log)
  const authorities = new GroupAuthorities(store, clock, installation)
  const trustSets = new TrustSetIssuer(store, clock, installation, authorities)
  const groups = new OrganizationGroups(store, authorities)
  await groups.makeFirst(consoleSettings.firstGroup)
  const revocations = new Revocations(join(consoleSettings.home, 'revocations.json'), log)
  await revocations.enforce(store)
  const book = await InstanceBook.open(store, clock)
  const sessions = new Sessions(
    clock,
    (instance) => {
      const entry = book.find(instance)
      return entry !== undefined && book.isGood(entry) ? entry.group : undefined
    },
    trustSets.isOurs,
  )
  const settings = new RelaySettingsFile(join(consoleSettings.home, 'relay.json'))
  const journal = new RequestJournal(store, clock, log)
  const pages = new SettingsBook(store, groups, settingsPages)
  const direct = await DirectInstances.open(store)
  const serving = new Serving({ groups, book, settings: pages, isDirect: direct.has })
  const services = new ServiceBook(
    pages,
    serviceContracts.map(({ name }) => name),
  )
  return {
    clock,
    log,
    store,
    installation,
    authorities,
    trustSets,
    groups,
    revocations,
    book,
    sessions,
    settings,
    journal,
    pages,
    direct,
    serving,
    services,
  }
}
