/**
 * The columns there are for a list of devices. Which of them are shown, and sorted by, is `device-table.ts`.
 *
 * @module
 */
import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ListedDevice } from '../api/device-shapes.ts'
import { TextLink } from '../parts/link-button.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { ago } from '../text/time.ts'
import type { Sort } from './device-filter.ts'
import { platformWord, sourceWord, stateStanding, stateWords, valueWord, verdictWords } from './words.ts'

export interface Look {
  readonly now: Date
  /** The group of the page, into which links lead. */
  readonly group: string
}

export interface DeviceColumn {
  /** As the API names it: in the file for spreadsheets it is called so too. */
  readonly name: string
  readonly title: string
  readonly sort?: Sort
  readonly isNumber?: boolean
  readonly cell: (device: ListedDevice, look: Look) => ReactNode
}

const none = (
  <Text span size="sm" c="dimmed">
    none
  </Text>
)
const text = (value: string | undefined) => (value === undefined || value === '' ? none : visible(value))
const flag = (value: boolean | undefined) =>
  value === undefined ? (
    <Text span size="sm" c="dimmed">
      unknown
    </Text>
  ) : (
    valueWord(value)
  )

export const deviceColumns: readonly DeviceColumn[] = [
  {
    name: 'name',
    title: 'Name',
    sort: 'name',
    cell: ({ id, name }, { group }) => (
      <TextLink to="/groups/$group/devices/$device" params={{ group, device: id }} isStrong>
        {visible(name)}
      </TextLink>
    ),
  },
  {
    name: 'compliant',
    title: 'Verdict',
    sort: 'compliance',
    cell: ({ compliant, failingPolicies }) => {
      const [standing, words] = verdictWords(compliant)
      return (
        <>
          <StandingWord standing={standing}>{words}</StandingWord>
          {failingPolicies.length > 0 && (
            <Text size="xs" c="dimmed">
              {failingPolicies.map(visible).join(', ')}
            </Text>
          )}
        </>
      )
    },
  },
  {
    name: 'state',
    title: 'State',
    sort: 'state',
    cell: ({ state }) => <StandingWord standing={stateStanding(state)}>{stateWords[state]}</StandingWord>,
  },
  { name: 'userName', title: 'User', sort: 'user', cell: ({ userName }) => text(userName) },
  {
    name: 'platform',
    title: 'Platform',
    sort: 'platform',
    cell: ({ platform }) => (platform === undefined ? flag(undefined) : visible(platformWord(platform))),
  },
  { name: 'osVersion', title: 'System version', sort: 'osVersion', cell: ({ osVersion }) => text(osVersion) },
  { name: 'model', title: 'Model', sort: 'model', cell: ({ model }) => text(model) },
  { name: 'manufacturer', title: 'Maker', cell: ({ manufacturer }) => text(manufacturer) },
  { name: 'serial', title: 'Serial number', sort: 'serial', cell: ({ serial }) => text(serial) },
  { name: 'hostName', title: 'Host name', cell: ({ hostName }) => text(hostName) },
  {
    name: 'mac',
    title: 'MAC address',
    cell: ({ mac, macCount, randomMacs }) =>
      mac === undefined ? (
        none
      ) : (
        <>
          <span className="mono one-line">{mac}</span>
          {(macCount > 1 || randomMacs > 0) && (
            <Text size="xs" c="dimmed">
              {macCount > 1 ? `of ${macCount}` : ''}
              {macCount > 1 && randomMacs > 0 ? ', ' : ''}
              {randomMacs > 0 ? `${randomMacs} made up` : ''}
            </Text>
          )}
        </>
      ),
  },
  { name: 'ownership', title: 'Ownership', cell: ({ ownership }) => text(ownership) },
  { name: 'diskEncrypted', title: 'Disk encrypted', cell: ({ diskEncrypted }) => flag(diskEncrypted) },
  { name: 'pinLocked', title: 'Screen lock', cell: ({ pinLocked }) => flag(pinLocked) },
  { name: 'jailBroken', title: 'Rooted', cell: ({ jailBroken }) => flag(jailBroken) },
  { name: 'failing', title: 'Failing rules', sort: 'failing', isNumber: true, cell: ({ failing }) => failing },
  { name: 'groupName', title: 'Group', cell: ({ groupName }) => text(groupName) },
  {
    name: 'sources',
    title: 'Sources',
    cell: ({ sources }) => [...new Set(sources.map((source) => sourceWord(source)))].map(visible).join(', '),
  },
  {
    name: 'lastReportAt',
    title: 'Last report',
    sort: 'lastReport',
    cell: ({ lastReportAt }, { now }) => <time dateTime={lastReportAt}>{ago(lastReportAt, now)}</time>,
  },
  {
    name: 'enrolledAt',
    title: 'Enrolled',
    sort: 'enrolled',
    cell: ({ enrolledAt }) => <time dateTime={enrolledAt}>{enrolledAt.slice(0, 10)}</time>,
  },
]
