/**
 * One run of the sync: what it read, why it is held, and what becomes of each object.
 *
 * @module
 */
import { Group, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ObjectChange, SyncRun } from '../api/sync-shapes.ts'
import { DirectoryPage } from '../directory/directory-page.tsx'
import { ObjectLink } from '../directory-sync/object-link.tsx'
import { atOnce, changesQuery, runQuery } from '../directory-sync/queries.ts'
import { RunFacts } from '../directory-sync/run-facts.tsx'
import { changeStandings, changeWords } from '../directory-sync/words.ts'
import { Answer } from '../parts/answer.tsx'
import type { Column } from '../parts/data-table.tsx'
import { PagedTable } from '../parts/paged-table.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { useTrail } from '../parts/trail.ts'
import { said } from '../routes/list-search.ts'
import { visible } from '../text/directory-text.ts'

const route = getRouteApi('/shell/groups/$group/directory/sync/$run')

export function SyncRunScene() {
  const { group, run: id } = route.useParams()
  const run = useQuery(runQuery(group, id))
  const words = run.data?.mode === 'preview' ? 'Preview' : 'Sync'
  return (
    <DirectoryPage group={group} title={run.data === undefined ? 'Run' : `${words} ${run.data.number}`}>
      <Answer of={run}>
        {(data) => (
          <Stack gap="lg">
            <RunFacts group={group} run={data} />
            {data.counts !== undefined && <Changes group={group} run={data} />}
          </Stack>
        )}
      </Answer>
    </DirectoryPage>
  )
}

/** What is not here, or not yet, has no page. */
const columns = (group: string, isInForce: boolean): readonly Column<ObjectChange>[] => [
  {
    title: 'Change',
    cell: ({ change }) => <StandingWord standing={changeStandings[change]}>{changeWords[change]}</StandingWord>,
  },
  {
    title: 'Object',
    cell: ({ id, kind, name, change }) => {
      if (change === 'removed' || change === 'failed' || (change === 'added' && !isInForce))
        return <strong>{visible(name)}</strong>
      return <ObjectLink group={group} kind={kind} id={id} name={name} />
    },
  },
  { title: 'Kind', cell: ({ kind }) => kind },
  {
    title: 'What',
    cell: ({ change, fields, membersAdded = 0, membersRemoved = 0 }) =>
      [
        ...(change === 'added' ? ['new'] : []),
        ...(change === 'removed' ? ['not in the directory any more'] : []),
        ...fields.map(visible),
        ...(membersAdded > 0 ? [`${membersAdded.toLocaleString('en')} members more`] : []),
        ...(membersRemoved > 0 ? [`${membersRemoved.toLocaleString('en')} members fewer`] : []),
      ].join(', '),
  },
  {
    title: 'DN',
    cell: ({ dn }) => (
      <Text span size="xs" className="mono">
        {visible(dn)}
      </Text>
    ),
  },
]

function Changes({ group, run }: { readonly group: string; readonly run: SyncRun }) {
  const { change = '', kind = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const look = (wanted: { change?: string; kind?: string }) =>
    void navigate({ search: said({ change, kind, ...wanted }), replace: true })
  const trail = useTrail()
  const changes = useQuery(changesQuery(group, run.id, { change, kind }, trail.cursor))
  return (
    <Section title={run.state === 'done' ? 'What changed' : 'What would change'}>
      <Group gap="md" mb="sm">
        <Select
          label="Change"
          allowDeselect={false}
          value={change}
          onChange={(chosen) => look({ change: chosen ?? '' })}
          data={[
            { value: '', label: 'every' },
            ...Object.entries(changeWords).map(([value, label]) => ({ value, label })),
          ]}
        />
        <Select
          label="Of"
          allowDeselect={false}
          value={kind}
          onChange={(chosen) => look({ kind: chosen ?? '' })}
          data={[
            { value: '', label: 'users and groups' },
            { value: 'user', label: 'users' },
            { value: 'group', label: 'groups' },
          ]}
        />
      </Group>
      <PagedTable
        of={changes}
        trail={trail}
        atOnce={atOnce}
        caption="Changes, object by object"
        columns={columns(group, run.state === 'done')}
        keyOf={({ id, kind: of, change: what }) => `${of} ${id} ${what}`}
        whenEmpty={
          change === '' && kind === '' ? 'Nothing changes: everything here is as it is there.' : 'None of this kind.'
        }
      />
    </Section>
  )
}
