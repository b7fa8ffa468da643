/**
 * Devices of a group and those below it: the console searches, filters and sorts, a page at a time.
 *
 * @module
 */
import { Button, Group as Row, Paper, Stack, Text } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { shownColumns, tableColumns, usualColumns } from '../devices/device-table.ts'
import { isFiltered, type DeviceSearch } from '../devices/device-filter.ts'
import { ColumnChoice } from '../devices/column-choice.tsx'
import { FilterBar } from '../devices/filter-bar.tsx'
import { csvAddress, devicesAtOnce, devicesQuery, facetsQuery } from '../devices/queries.ts'
import { LinkButton } from '../parts/link-button.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { PagedTable } from '../parts/paged-table.tsx'
import { useTrail } from '../parts/trail.ts'
import { may, useSession } from '../shell/session.ts'

const route = getRouteApi('/shell/groups/$group/devices')

export function DevicesScene() {
  const { group } = route.useParams()
  // What is looked for anew begins at its first page.
  const { cursor: _cursor, page: _page, ...search } = route.useSearch()
  const navigate = route.useNavigate()
  const session = useSession()
  const trail = useTrail()
  const [columns, setColumns] = useLocalStorage<readonly string[]>({
    key: 'sallygate device columns',
    defaultValue: usualColumns,
  })
  const devices = useQuery({
    ...devicesQuery(group, search, trail.cursor),
    select: ({ devices: rows, nextCursor }) => ({ rows, nextCursor }),
  })
  const facets = useQuery(facetsQuery(group, search))
  const now = useNow()
  const look = (to: DeviceSearch) => void navigate({ search: to, replace: true })
  return (
    <Page
      title="Devices"
      says="Of this group and those below: what is known of each, by whom, and whether it may join the network."
      actions={
        may(session, 'devices:edit') && (
          <LinkButton to="/groups/$group/enroll" params={{ group }}>
            Enroll devices
          </LinkButton>
        )
      }
    >
      <Stack gap="md">
        <FilterBar search={search} facets={facets.data} onSearch={look} />
        <Paper>
          <Row justify="space-between" mb="xs">
            <Text size="sm" role="status">
              {facets.data === undefined ? 'Counting…' : countWords(facets.data.total, isFiltered(search))}
            </Text>
            <Row gap="xs">
              <ColumnChoice wanted={columns} onChange={(wanted) => setColumns([...wanted])} />
              <Button
                component="a"
                href={csvAddress(
                  group,
                  search,
                  shownColumns(columns).map(({ name }) => name),
                )}
                download
                variant="default"
                leftSection={<IconDownload size={16} aria-hidden />}
              >
                CSV
              </Button>
            </Row>
          </Row>
          <PagedTable
            of={devices}
            trail={trail}
            atOnce={devicesAtOnce}
            caption="Devices"
            columns={tableColumns(columns, { now, group }, search, look)}
            keyOf={({ id }) => id}
            whenEmpty={
              isFiltered(search)
                ? 'No device fits.'
                : 'No device has enrolled here yet. Make a code, or add another MDM server as a source.'
            }
          />
        </Paper>
      </Stack>
    </Page>
  )
}

function countWords(total: number, isNarrowed: boolean): string {
  const devices = `${total.toLocaleString('en')} ${total === 1 ? 'device' : 'devices'}`
  if (!isNarrowed) return devices
  return total === 1 ? `${devices} fits` : `${devices} fit`
}
