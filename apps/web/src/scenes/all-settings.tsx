/**
 * Every settings page of a group: what it inherits, and what it has of its own.
 *
 * @module
 */
import { Paper } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ChildPermission, PageSummary } from '../api/service-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { Page } from '../parts/page.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { settingsPagesQuery } from '../settings/settings-query.ts'
import { useParentName } from '../groups/parent-name.ts'

const route = getRouteApi('/shell/groups/$group')

const permissionWords: Readonly<Record<ChildPermission, string>> = {
  inheritOrOverride: 'may inherit or override',
  inheritOnly: 'may only inherit',
  overrideOnly: 'may only override',
}

export function AllSettingsScene() {
  const { group } = route.useParams()
  const pages = useQuery(settingsPagesQuery(group))
  const parent = useParentName(group)
  const columns: readonly Column<PageSummary>[] = [
    { title: 'Page', cell: ({ page, title }) => <PageLink group={group} page={page} title={title} /> },
    {
      title: 'State',
      cell: ({ isOff }) => <StandingWord standing={isOff ? 'off' : 'ok'}>{isOff ? 'off' : 'on'}</StandingWord>,
    },
    {
      title: 'Where it comes from',
      cell: ({ page, mode }) =>
        page === 'siteUrls'
          ? 'of the whole console'
          : mode === 'override'
            ? 'set in this group'
            : parent === undefined
              ? 'defaults'
              : 'inherited',
    },
    {
      title: 'Groups below',
      cell: ({ page, childPermission }) => (page === 'siteUrls' ? 'have the same' : permissionWords[childPermission]),
    },
    { title: 'Generation', isNumber: true, cell: ({ generation }) => generation },
  ]
  return (
    <Page
      title="All settings"
      says={
        parent === undefined
          ? 'This group is at the top. Groups below it inherit these, unless they override.'
          : `What this group does not set itself comes from ${parent}, or above.`
      }
    >
      <Paper>
        <Answer of={pages}>
          {(all) => (
            <DataTable
              caption="Settings pages"
              columns={columns}
              rows={all}
              keyOf={({ page }) => page}
              whenEmpty="There are no settings here."
            />
          )}
        </Answer>
      </Paper>
    </Page>
  )
}

const addresses = {
  cloudConnector: '/groups/$group/cloud-connector',
  restrictedActions: '/groups/$group/restricted-actions',
  devices: '/groups/$group/device-settings',
  directory: '/groups/$group/directory/settings',
  mail: '/groups/$group/mail/settings',
  notifications: '/groups/$group/mail/readers',
  syslog: '/groups/$group/syslog/service',
} as const

function PageLink({ group, page, title }: { readonly group: string; readonly page: string; readonly title: string }) {
  if (page === 'siteUrls')
    return (
      <TextLink to="/relay" isStrong>
        {title}
      </TextLink>
    )
  const to = addresses[page as keyof typeof addresses] as (typeof addresses)[keyof typeof addresses] | undefined
  if (to === undefined) return <strong>{title}</strong>
  return (
    <TextLink to={to} params={{ group }} isStrong>
      {title}
    </TextLink>
  )
}
