/**
 * What each nac does: how fresh its picture is, and who asks it, how often and how fast it answers.
 *
 * @module
 */
import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Nac, NacNode } from '../api/nac-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { CopyLine } from '../parts/copy-line.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { ago, expiry, took } from '../text/time.ts'
import { nacsQuery } from './queries.ts'
import { freshness, slowMs } from './standing.ts'

export function Activity() {
  const nacs = useQuery(nacsQuery)
  const now = useNow()
  return (
    <Answer of={nacs}>
      {(all) =>
        all.length === 0 ? (
          <Notice
            about="warning"
            says="No nac belongs to this console yet."
            fix="On the server where it shall answer, run: sallygate nac run. It needs the file that sallygate nac export makes here."
          />
        ) : (
          <Stack gap="lg">
            {all.map((nac) => (
              <One key={nac.id} nac={nac} now={now} />
            ))}
          </Stack>
        )
      }
    </Answer>
  )
}

function One({ nac, now }: { readonly nac: Nac; readonly now: Date }) {
  const [standing, words] = freshness(nac)
  return (
    <Section
      title={visible(nac.name)}
      says={
        <>
          <StandingWord standing={standing}>{words}</StandingWord>{' '}
          {nac.isSilent
            ? `Last heard of ${ago(nac.heardAt, now)}. It may answer all the same: it needs the console only for news.`
            : `Heard of ${ago(nac.heardAt, now)}.`}
        </>
      }
    >
      <Stack gap="md">
        <CopyLine title="Where NACs ask it" value={nac.url} />
        <Facts>
          <Fact name="Devices">
            {nac.devices.toLocaleString('en')}, {nac.nonCompliant.toLocaleString('en')} of them not compliant
          </Fact>
          <Fact name="Its picture">
            {nac.ageSeconds < 0 ? 'it never had one of this console' : `${ageWords(nac.ageSeconds)} old`}
          </Fact>
          <Fact name="Up since">{ago(nac.upSince, now)}</Fact>
          <Fact name="Memory">{Math.round(nac.memoryBytes / 1_048_576).toLocaleString('en')} MiB</Fact>
          {nac.waitingActions > 0 && <Fact name="Actions that wait">{nac.waitingActions}</Fact>}
          {nac.certificate !== undefined && (
            <Fact name="Certificate ends">{expiry(nac.certificate.notAfter, now)}</Fact>
          )}
          <Fact name="Version">{visible(nac.version)}</Fact>
        </Facts>
        <DataTable
          caption={`Clients of ${visible(nac.name)}`}
          columns={columns(now)}
          rows={nac.nodes}
          keyOf={({ account, source }) => `${account} ${source}`}
          whenEmpty="No policy node has asked it yet. In your NAC, add it as an MDM server by the address above, with one of the accounts."
        />
      </Stack>
    </Section>
  )
}

const ageWords = (seconds: number) =>
  seconds < 120
    ? `${seconds} s`
    : seconds < 7200
      ? `${Math.floor(seconds / 60)} min`
      : `${Math.floor(seconds / 3600)} h`

const at = (ms: number | undefined, now: Date) => ago(ms === undefined ? undefined : new Date(ms).toISOString(), now)

const columns = (now: Date): readonly Column<NacNode>[] => [
  {
    title: 'Client',
    cell: ({ user, source }) => (
      <>
        <strong>{visible(user)}</strong>
        <Text size="xs" c="dimmed" className="mono">
          {source}
        </Text>
      </>
    ),
  },
  { title: 'Last mdminfo', cell: ({ lastInfoMs }) => at(lastInfoMs, now) },
  { title: 'Last poll', cell: ({ lastPollMs }) => at(lastPollMs, now) },
  {
    title: 'Answered in',
    cell: ({ p50Ms, p99Ms, slow }) =>
      p99Ms === undefined || p50Ms === undefined ? (
        'no query yet'
      ) : (
        <>
          <StandingWord standing={p99Ms > slowMs ? 'failed' : 'ok'}>
            {`${took(p99Ms)} ${p99Ms > slowMs ? 'over' : 'within'} ${slowMs}`}
          </StandingWord>
          <Text size="xs" c="dimmed">
            99 of 100; half in {took(p50Ms)}
            {slow > 0 && `; ${slow.toLocaleString('en')} slower than ${slowMs} ms`}
          </Text>
        </>
      ),
  },
  {
    title: 'Requests',
    cell: ({ requests, notFound, malformed }) => (
      <>
        {requests.toLocaleString('en')}
        <Text size="xs" c="dimmed">
          {notFound.toLocaleString('en')} for unknown devices
          {malformed > 0 && `, ${malformed.toLocaleString('en')} malformed`}
        </Text>
      </>
    ),
  },
  {
    title: 'Last refusal',
    cell: ({ lastError }) => (lastError === undefined || lastError === '' ? 'none' : visible(lastError)),
  },
]
