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
import { useState } from 'react'
import { shownColumns, tableColumns, usualColumns } from '../devices/device-columns.tsx'
import { isFiltered, type DeviceSearch } from '../devices/device-filter.ts'
import { ColumnChoice } from '../devices/column-choice.tsx'
import { FilterBar } from '../devices/filter-bar.tsx'
import { csvAddress, devicesAtOnce, devicesQuery, facetsQuery } from '../devices/queries.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { may, useSession } from '../shell/session.ts'

const route = getRouteApi('/shell/groups/$group/devices')

export function DevicesScene() {
  const { group } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const session = useSession()
  // Before it comes to a page, those before it are remembered: a cursor only leads forward.
  const key = JSON.stringify([group, search])
  const [trail, setTrail] = useState<{ readonly key: string; readonly cursors: readonly string[] }>({
    key,
    cursors: [],
  })
  const cursors = trail.key === key ? trail.cursors : []
  const [columns, setColumns] = useLocalStorage<readonly string[]>({
    key: 'sallygate device columns',
    defaultValue: usualColumns,
  })
  const page = useQuery(devicesQuery(group, search, cursors.at(-1) ?? ''))
  const facets = useQuery(facetsQuery(group, search))
  const now = useNow()
  const look = (to: DeviceSearch) => void navigate({ search: to, replace: true })
  const from = cursors.length * devicesAtOnce
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
          <Answer of={page}>
            {({ devices, nextCursor }) => (
              <div aria-busy={page.isPlaceholderData}>
                <div className="wide-table">
                  <DataTable
                    caption="Devices"
                    columns={tableColumns(columns, { now, group }, search, look)}
                    rows={devices}
                    keyOf={({ id }) => id}
                    whenEmpty={
                      isFiltered(search)
                        ? 'No device fits.'
                        : 'No device has enrolled here yet. Make a code, or add another MDM server as a source.'
                    }
                  />
                </div>
                {(cursors.length > 0 || nextCursor !== undefined) && (
                  <Row justify="space-between" mt="sm">
                    <Button
                      variant="default"
                      disabled={cursors.length === 0 || page.isPlaceholderData}
                      onClick={() => setTrail({ key, cursors: cursors.slice(0, -1) })}
                    >
                      Before
                    </Button>
                    <Text size="sm" c="dimmed" className="numbers">
                      {(from + 1).toLocaleString('en')} to {(from + devices.length).toLocaleString('en')}
                    </Text>
                    <Button
                      variant="default"
                      disabled={nextCursor === undefined || page.isPlaceholderData}
                      onClick={() => nextCursor !== undefined && setTrail({ key, cursors: [...cursors, nextCursor] })}
                    >
                      Next
                    </Button>
                  </Row>
                )}
              </div>
            )}
          </Answer>
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
