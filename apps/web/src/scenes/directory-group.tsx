/**
 * One group of the directory: what is known of it, who is in it, and what it is in.
 *
 * @module
 */
import { SegmentedControl, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { DirectoryGroup, Member } from '../api/sync-shapes.ts'
import { DirectoryPage } from '../directory/directory-page.tsx'
import { KnownObject } from '../directory-sync/known-object.tsx'
import { Memberships } from '../directory-sync/memberships.tsx'
import { ObjectLink } from '../directory-sync/object-link.tsx'
import { atOnce, directoryGroupQuery, membersQuery } from '../directory-sync/queries.ts'
import { Answer } from '../parts/answer.tsx'
import type { Column } from '../parts/data-table.tsx'
import { Fact } from '../parts/facts.tsx'
import { PagedTable } from '../parts/paged-table.tsx'
import { Section } from '../parts/section.tsx'
import { useTrail } from '../parts/trail.ts'
import { visible } from '../text/directory-text.ts'

const route = getRouteApi('/shell/groups/$group/directory/groups/$directoryGroup')

export function DirectoryGroupScene() {
  const { group, directoryGroup: id } = route.useParams()
  const found = useQuery(directoryGroupQuery(group, id))
  return (
    <DirectoryPage group={group} title={found.data === undefined ? 'Group' : visible(found.data.name)}>
      <Answer of={found}>
        {(data) => (
          <Stack gap="lg">
            <Known found={data} />
            <Members key={id} group={group} id={id} />
            <Memberships group={group} title="Groups this one is in" rows={data.memberOf} isCut={data.memberOfCut} />
          </Stack>
        )}
      </Answer>
    </DirectoryPage>
  )
}

function Known({ found }: { readonly found: DirectoryGroup }) {
  const { directMembers, unknownMembers } = found
  return (
    <KnownObject
      kind="group"
      object={found}
      then={
        <Fact name="Members">
          {directMembers.toLocaleString('en')} direct
          {unknownMembers > 0 && `, and ${unknownMembers.toLocaleString('en')} outside of what is synchronized`}
        </Fact>
      }
    />
  )
}

const columns = (group: string): readonly Column<Member>[] => [
  {
    title: 'Name',
    cell: ({ id, kind, name }) => <ObjectLink group={group} kind={kind} id={id} name={name} />,
  },
  { title: 'Kind', cell: ({ kind }) => kind },
  { title: 'How', cell: ({ isTransitive }) => (isTransitive ? 'through another group' : 'direct') },
  { title: 'DN', cell: ({ dn }) => <span className="mono">{visible(dn)}</span> },
]

function Members({ group, id }: { readonly group: string; readonly id: string }) {
  const { of = 'direct' } = route.useSearch()
  const navigate = route.useNavigate()
  const trail = useTrail()
  const members = useQuery(membersQuery(group, id, of, trail.cursor))
  return (
    <Section
      title="Members"
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Which members"
          value={of}
          onChange={(chosen) => void navigate({ search: { of: chosen }, replace: true })}
          data={[
            { value: 'direct', label: 'Direct' },
            { value: 'transitive', label: 'With those of groups in it' },
          ]}
        />
      }
    >
      <PagedTable
        of={members}
        trail={trail}
        atOnce={atOnce}
        caption="Members of the group"
        columns={columns(group)}
        keyOf={({ kind, id: member }) => `${kind} ${member}`}
        whenEmpty="Nobody who is kept here is in it."
      />
    </Section>
  )
}
