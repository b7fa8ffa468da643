/**
 * The audit log: who changed what, and the proof that nobody changed the log.
 *
 * @module
 */
import { Button, Paper, Stack, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconDownload } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path, withQuery } from '../api/client.ts'
import type { AuditEntry } from '../api/access-shapes.ts'
import type { ChainVerdict } from '../api/shapes.ts'
import { Waiting } from '../parts/answer.tsx'
import { ChainNotice } from '../parts/chain-verdict.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { useObjectName } from '../parts/object-name.ts'
import { Page } from '../parts/page.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { DottedWord } from '../text/dotted-word.tsx'
import { moment } from '../text/time.ts'

const columns = (nameOf: (object: string) => string): readonly Column<AuditEntry>[] => [
  { title: 'No.', isNumber: true, cell: ({ position }) => position },
  { title: 'When', cell: ({ at }) => <time dateTime={at}>{moment(at)}</time> },
  { title: 'Who', cell: ({ actor }) => visible(actor.name === '' ? actor.kind : actor.name) },
  { title: 'Did what', cell: ({ action }) => <DottedWord>{action}</DottedWord> },
  {
    title: 'To what',
    cell: ({ object, note }) => (
      <>
        <DottedWord>{nameOf(object)}</DottedWord>
        {note !== undefined && ` (${visible(note)})`}
      </>
    ),
  },
  {
    title: 'Outcome',
    cell: ({ outcome }) => (
      <StandingWord standing={outcome === 'done' ? 'ok' : outcome === 'unknown' ? 'warning' : 'failed'}>
        {outcome}
      </StandingWord>
    ),
  },
]

export function AuditScene() {
  const [typed, setTyped] = useState('')
  const [actor] = useDebouncedValue(typed.trim(), 300)
  const audit = useInfiniteQuery({
    queryKey: ['audit', actor],
    queryFn: ({ pageParam, signal }) =>
      ask<{ entries: readonly AuditEntry[]; nextCursor?: string }>(
        'GET',
        withQuery(path`/api/audit`, { limit: '50', cursor: pageParam, actor }),
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
  const nameOf = useObjectName()
  const verify = useMutation({ mutationFn: () => ask<ChainVerdict>('GET', path`/api/audit/verify`) })
  return (
    <Page
      title="Audit"
      says="Who changed what. Each row holds the digest of the one before; its head is left with the connectors."
      actions={
        <>
          <Button
            component="a"
            href={withQuery(path`/api/audit/export`, { limit: '1000', actor })}
            download
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Newest 1000 as CSV
          </Button>
          <Button variant="light" loading={verify.isPending} onClick={() => verify.mutate()}>
            Verify the chain
          </Button>
        </>
      }
    >
      <Stack gap="md">
        {verify.isError && <FailureNotice error={verify.error} />}
        {verify.data !== undefined && <ChainNotice verdict={verify.data} />}
        <TextInput
          label="Who"
          description="Name of an administrator or API key. Empty: everybody."
          value={typed}
          maxLength={256}
          onChange={(event) => setTyped(event.currentTarget.value)}
          maw={360}
        />
        <Paper>
          {audit.isError && <FailureNotice error={audit.error} />}
          {audit.isPending && <Waiting />}
          {audit.data !== undefined && (
            <DataTable
              caption="Audit log, newest first"
              columns={columns(nameOf)}
              rows={audit.data.pages.flatMap(({ entries }) => entries)}
              keyOf={({ position }) => String(position)}
              whenEmpty={actor === '' ? 'Nothing has been changed yet.' : 'Nobody of this name has changed anything.'}
            />
          )}
          {audit.hasNextPage && (
            <Button variant="subtle" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
              Show older entries
            </Button>
          )}
        </Paper>
      </Stack>
    </Page>
  )
}
