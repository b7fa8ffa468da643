/**
 * A look into the directory, through the gate. Every word that comes back is shown as text.
 *
 * @module
 */
import { Button, Paper, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import type { CallAnswer, DirectoryEntry, DirectorySearch } from '../api/service-shapes.ts'
import { DirectoryPage } from '../directory/directory-page.tsx'
import { MappingPreview } from '../directory/mapping-preview.tsx'
import { searchParameters, type Kind } from '../directory/search.ts'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { took } from '../text/time.ts'
import { HopDiagram } from '../trace/hop-diagram.tsx'
import { hopsOfCall, hopsOfFailure } from '../trace/hops.ts'

const route = getRouteApi('/shell/groups/$group')

export function DirectorySearchScene() {
  const { group } = route.useParams()
  const session = useSession()
  return (
    <DirectoryPage group={group} says="A look into the directory itself, as it is now.">
      <Stack gap="lg">
        <Paper>
          <DirectorySearchBox group={group} />
        </Paper>
        {may(session, 'services:edit') && <MappingPreview group={group} />}
      </Stack>
    </DirectoryPage>
  )
}

const first = (entry: DirectoryEntry, field: string) => visible(entry.fields[field]?.[0] ?? '')

const people: readonly Column<DirectoryEntry>[] = [
  {
    title: 'Name',
    cell: (entry) => <strong>{first(entry, 'displayName') || first(entry, 'login') || visible(entry.dn)}</strong>,
  },
  { title: 'Sign-in', cell: (entry) => first(entry, 'login') },
  { title: 'Mail', cell: (entry) => first(entry, 'mail') },
  { title: 'Department', cell: (entry) => first(entry, 'department') },
  { title: 'Groups', isNumber: true, cell: (entry) => entry.fields['memberOf']?.length ?? 0 },
  {
    title: 'Account',
    cell: ({ isEnabled }) =>
      isEnabled === undefined ? (
        'not told'
      ) : (
        <StandingWord standing={isEnabled ? 'ok' : 'off'}>{isEnabled ? 'enabled' : 'disabled'}</StandingWord>
      ),
  },
]

const groups: readonly Column<DirectoryEntry>[] = [
  { title: 'Name', cell: (entry) => <strong>{first(entry, 'name') || visible(entry.dn)}</strong> },
  { title: 'Description', cell: (entry) => first(entry, 'description') },
  { title: 'Members', isNumber: true, cell: (entry) => entry.fields['member']?.length ?? 0 },
  { title: 'DN', cell: ({ dn }) => visible(dn) },
]

function DirectorySearchBox({ group }: { readonly group: string }) {
  const [kind, setKind] = useState<Kind>('users')
  const [typed, setTyped] = useState('')
  const search = useMutation({
    mutationFn: async (wanted: { readonly kind: Kind; readonly typed: string }) => ({
      kind: wanted.kind,
      answer: await ask<CallAnswer<DirectorySearch>>('POST', path`/api/groups/${group}/call`, {
        body: { operation: 'directory.search', parameters: searchParameters(wanted.kind, wanted.typed) },
      }),
    }),
  })
  return (
    <Stack gap="md">
      <form
        role="search"
        className="search"
        onSubmit={(event) => {
          event.preventDefault()
          search.mutate({ kind, typed })
        }}
      >
        <SegmentedControl
          aria-label="What to look for"
          data={[
            { value: 'users', label: 'People' },
            { value: 'groups', label: 'Groups' },
          ]}
          value={kind}
          onChange={(value) => setKind(value as Kind)}
        />
        <TextInput
          aria-label="Part of a name, sign-in name or mail address"
          placeholder={kind === 'users' ? 'Name or mail address' : 'Name'}
          value={typed}
          maxLength={200}
          onChange={(event) => setTyped(event.currentTarget.value)}
          className="search-text"
        />
        <Button type="submit" loading={search.isPending}>
          Search
        </Button>
      </form>
      {search.isIdle && (
        <Text size="sm" c="dimmed">
          The question goes sealed to a connector, which asks your directory. An empty one lists the first.
        </Text>
      )}
      {search.isError && <HopDiagram title="Search" hops={hopsOfFailure(problemOf(search.error))} />}
      {search.data !== undefined && <Found kind={search.data.kind} answer={search.data.answer} />}
    </Stack>
  )
}

function Found({ kind, answer }: { readonly kind: Kind; readonly answer: CallAnswer<DirectorySearch> }) {
  const { entries, more, partial, server } = answer.result
  return (
    <>
      <Text size="sm" role="status">
        {entries.length === 0 ? 'Nothing' : entries.length} found by {visible(server)} in {took(answer.durationMs)}
        {more || partial ? '; there is more, so type more of the name' : ''}.
      </Text>
      <DataTable
        caption={kind === 'users' ? 'People found' : 'Groups found'}
        columns={kind === 'users' ? people : groups}
        rows={entries}
        keyOf={({ dn }) => dn}
        whenEmpty="Nobody matches. Look for a shorter part of the name, or check the base DN in the settings."
      />
      <section aria-label="Trace of the search">
        <Title order={2} mb="xs">
          How it went
        </Title>
        <HopDiagram title="Trace of the search" hops={hopsOfCall(answer)} totalMs={answer.durationMs} />
      </section>
    </>
  )
}
