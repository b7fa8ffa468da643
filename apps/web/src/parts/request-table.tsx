/**
 * Requests that went through the gate.
 *
 * @module
 */
import { Text } from '@mantine/core'
import type { LoggedRequest } from '../api/shapes.ts'
import type { Standing } from '../gate/gate.ts'
import { visible } from '../text/directory-text.ts'
import { DottedWord } from '../text/dotted-word.tsx'
import { ago, moment } from '../text/time.ts'
import { DataTable, type Column } from './data-table.tsx'
import { useNow } from './now.ts'
import { StandingWord } from './standing-word.tsx'

const components: Readonly<Record<string, string>> = {
  deviceServices: 'device services',
  deviceManagement: 'device management',
  selfService: 'self-service',
  other: 'other',
}

function standingOf(outcome: string): Standing {
  if (outcome === 'done' || outcome === 'accepted') return 'ok'
  if (outcome === 'handed') return 'off'
  return outcome === 'failed' ? 'failed' : 'warning'
}

const outcomes: Readonly<Record<string, string>> = {
  notStarted: 'not started',
  handed: 'handed over',
  timedOut: 'timed out',
  unknown: 'unknown',
}

export function RequestTable({
  rows,
  isShort = false,
}: {
  readonly rows: readonly LoggedRequest[]
  readonly isShort?: boolean
}) {
  const now = useNow()
  const time: Column<LoggedRequest> = {
    title: 'When',
    cell: ({ at }) => (
      <time dateTime={at} className="numbers">
        {isShort ? ago(at, now) : moment(at)}
      </time>
    ),
  }
  const position: Column<LoggedRequest> = { title: 'No.', isNumber: true, cell: (row) => row.position }
  const digests: Column<LoggedRequest> = {
    title: 'Request, reply (SHA-256)',
    cell: ({ outcome, requestDigest, replyDigest }) => (
      <Text span size="xs" c="dimmed" className="mono">
        {requestDigest.slice(0, 12)}…
        {replyDigest !== undefined ? ` ${replyDigest.slice(0, 12)}…` : outcome === 'handed' ? '' : ' no reply'}
      </Text>
    ),
  }
  const columns: readonly Column<LoggedRequest>[] = [
    ...(isShort ? [] : [position]),
    time,
    { title: 'Operation', cell: ({ operation }) => <DottedWord>{operation}</DottedWord> },
    { title: 'For', cell: ({ component }) => components[component] ?? component },
    { title: 'Connector', cell: ({ connector }) => (connector === undefined ? 'none' : visible(connector)) },
    {
      title: 'Outcome',
      cell: ({ outcome }) => <StandingWord standing={standingOf(outcome)}>{outcomes[outcome] ?? outcome}</StandingWord>,
    },
    ...(isShort ? [] : [digests]),
  ]
  return (
    <DataTable
      caption="Requests, newest first"
      columns={columns}
      rows={rows}
      keyOf={(row) => String(row.position)}
      whenEmpty="Nothing has been asked through this group’s connectors yet."
    />
  )
}
