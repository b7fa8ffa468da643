/**
 * What narrows the list of devices: words, and choices with how many fit each.
 *
 * @module
 */
import { Button, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import type { Count, DeviceFacets, DeviceState } from '../api/device-shapes.ts'
import { visible } from '../text/directory-text.ts'
import { isFiltered, sorts, type DeviceSearch, type FilterName, type Sort } from './device-filter.ts'
import { platformWord, stateWords, verdictWords } from './words.ts'

export interface FilterBarProps {
  readonly search: DeviceSearch
  readonly facets: DeviceFacets | undefined
  readonly onSearch: (search: DeviceSearch) => void
}

const silences = [
  ['24', 'for a day'],
  ['168', 'for a week'],
  ['720', 'for 30 days'],
] as const

export function FilterBar({ search, facets, onSearch }: FilterBarProps) {
  const choose = (name: FilterName, value: string | null) => {
    const { [name]: _, ...rest } = search
    onSearch(value === null || value === '' ? rest : { ...rest, [name]: value })
  }
  const counted = (name: FilterName, counts: readonly Count[] | undefined, word: (value: string) => string) =>
    optionsOf(counts ?? [], search[name], word)
  return (
    <div className="filters">
      <Words
        key={search.search === undefined ? 'none' : 'some'}
        value={search.search ?? ''}
        onChange={(text) => choose('search', text)}
      />
      <Select
        label="Verdict"
        placeholder="any"
        clearable
        w={190}
        data={counted('compliant', facets?.compliant, (value) => verdictWords(value === 'true')[1])}
        value={search.compliant ?? null}
        onChange={(value) => choose('compliant', value)}
      />
      <Select
        label="State"
        placeholder="any"
        clearable
        w={170}
        data={counted('state', facets?.state, (value) => stateWords[value as DeviceState] ?? value)}
        value={search.state ?? null}
        onChange={(value) => choose('state', value)}
      />
      <Select
        label="Platform"
        placeholder="any"
        clearable
        w={160}
        data={counted('platform', facets?.platform, platformWord)}
        value={search.platform ?? null}
        onChange={(value) => choose('platform', value)}
      />
      <Select
        label="Silent"
        placeholder="any"
        clearable
        w={140}
        data={silences.map(([value, label]) => ({ value, label }))}
        value={search.silentHours ?? null}
        onChange={(value) => choose('silentHours', value)}
      />
      <Select
        label="Order"
        hiddenFrom="sm"
        w={170}
        allowDeselect={false}
        data={sorts.map(([value, label]) => ({ value, label }))}
        value={search.sort ?? 'name'}
        onChange={(value) => onSearch({ ...search, sort: (value ?? 'name') as Sort })}
      />
      {isFiltered(search) && (
        <Button variant="subtle" onClick={() => onSearch({})}>
          Show all
        </Button>
      )}
    </div>
  )
}

/** Asked when somebody has stopped typing, not with every letter. */
function Words({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(value)
  const ask = useDebouncedCallback((text: string) => onChange(text.trim()), 300)
  return (
    <TextInput
      label="Search"
      placeholder="name, user, MAC, serial"
      className="search-text"
      leftSection={<IconSearch size={16} aria-hidden />}
      maxLength={200}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        ask(event.currentTarget.value)
      }}
    />
  )
}

/** What is chosen stays in the list, also when nothing fits it any more. */
function optionsOf(counts: readonly Count[], chosen: string | undefined, word: (value: string) => string) {
  // The API names what nobody knows with an empty word, which is no filter.
  const shown = counts.filter(({ value }) => value !== '')
  const missing =
    chosen === undefined || shown.some(({ value }) => value === chosen) ? [] : [{ value: chosen, count: 0 }]
  return [...shown, ...missing].map(({ value, count }) => ({
    value,
    label: `${visible(word(value))} (${count.toLocaleString('en')})`,
  }))
}
