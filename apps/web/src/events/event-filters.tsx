/**
 * What one looks for among the events.
 *
 * @module
 */
import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { groupsQuery } from '../api/queries.ts'
import { treeOf } from '../groups/tree.ts'
import { SearchField } from '../parts/search-field.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { spans, type EventSearch } from './search.ts'
import { categoryWords, severityWords } from './words.ts'

type Choice = Exclude<keyof EventSearch, 'text'>
interface Choices {
  readonly title: string
  /** Nothing in particular. */
  readonly all: string
  readonly of: readonly { readonly value: string; readonly label: string }[]
}

const severities = ['warning', 'error', 'critical'].map((value) => ({ value, label: severityWords[value] ?? value }))
/** The log of the audit has a page of its own. */
const categories = Object.entries(categoryWords)
  .filter(([value]) => value !== 'audit')
  .map(([value, label]) => ({ value, label }))
const services = [
  { value: 'directory', label: 'Directory' },
  { value: 'mail', label: 'Mail' },
  { value: 'syslog', label: 'Syslog' },
]
const whens = Object.entries(spans).map(([value, [label]]) => ({ value, label }))

export interface EventFiltersProps {
  readonly search: EventSearch
  readonly onLook: (change: Partial<EventSearch>) => void
}

export function EventFilters({ search, onLook }: EventFiltersProps) {
  const session = useSession()
  const groups = useQuery({ ...groupsQuery, enabled: may(session, 'organization-groups:read') })
  const tree = treeOf(groups.data ?? []).map(({ group, depth }) => ({
    value: group.id,
    label: `${'– '.repeat(depth)}${visible(group.name)}`,
  }))
  const all: Readonly<Record<Choice, Choices>> = {
    severity: { title: 'How bad', all: 'everything', of: severities },
    category: { title: 'About', all: 'everything', of: categories },
    service: { title: 'Service', all: 'all', of: services },
    group: { title: 'Group and those below', all: 'all', of: tree },
    within: { title: 'When', all: 'ever', of: whens },
  }
  return (
    <div className="filters">
      {(Object.keys(all) as Choice[])
        .filter((name) => name !== 'group' || tree.length > 0)
        .map((name) => (
          <Select
            key={name}
            label={all[name].title}
            allowDeselect={false}
            searchable={all[name].of.length > 8}
            data={[{ value: '', label: all[name].all }, ...all[name].of]}
            value={search[name]}
            onChange={(chosen) => onLook({ [name]: chosen ?? '' })}
          />
        ))}
      <SearchField
        label="Search"
        placeholder="a name, an address, SG-1002"
        value={search.text}
        onSearch={(text) => onLook({ text })}
      />
    </div>
  )
}
