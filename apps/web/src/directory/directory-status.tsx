/**
 * Which servers are in use and how each is doing, as every connector sees it, and what it has done.
 *
 * @module
 */
import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { ConnectorDirectory, DirectoryStatus, ServerStatus } from '../api/directory-shapes.ts'
import type { Standing } from '../gate/gate.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { Notice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { lasted } from '../text/time.ts'
import { originWords } from './words.ts'

const standings: Readonly<Record<ServerStatus['standing'], readonly [Standing, string]>> = {
  good: ['ok', 'answers'],
  untried: ['off', 'not tried yet'],
  resting: ['failed', 'left alone for a moment'],
  trying: ['warning', 'being tried'],
}

const columns: readonly Column<ServerStatus>[] = [
  { title: 'Server', cell: ({ server }) => <strong>{visible(server)}</strong> },
  { title: 'From', cell: ({ from, isBackup }) => `${originWords[from]}${isBackup ? ', backup' : ''}` },
  {
    title: 'Health',
    cell: ({ standing, forMs, failures, failure }) => (
      <>
        <StandingWord standing={standings[standing][0]}>{standings[standing][1]}</StandingWord>
        <Text size="xs" c="dimmed">
          {standing !== 'untried' && `for ${lasted(forMs)}`}
          {failures > 0 && `, ${failures} failures in a row`}
          {failure !== undefined && `: ${visible(failure.says)} ${failure.code}`}
        </Text>
      </>
    ),
  },
  { title: 'Connections', isNumber: true, cell: ({ connections }) => connections },
]

export function DirectoryStatusView({ group }: { readonly group: string }) {
  const status = useQuery({
    queryKey: ['group', group, 'directory', 'status'],
    queryFn: async ({ signal }) =>
      (
        await ask<{ connectors: readonly ConnectorDirectory[] }>('GET', path`/api/groups/${group}/directory/status`, {
          signal,
        })
      ).connectors,
    refetchInterval: 5000,
  })
  return (
    <Answer of={status}>
      {(connectors) => (
        <Stack gap="lg">
          {connectors.length === 0 && (
            <Notice
              about="warning"
              says="No connector is attached."
              fix="Each attached connector shows here which server it uses, and how its servers do."
            />
          )}
          {connectors.map((one) => (
            <OfConnector key={one.connector.id} {...one} />
          ))}
        </Stack>
      )}
    </Answer>
  )
}

function OfConnector({ connector, status, failure }: ConnectorDirectory) {
  return (
    <Section title={visible(connector.name)}>
      {failure !== undefined && <Notice about="failed" says={failure.says} fix={failure.fix} />}
      {status !== undefined && <Servers status={status} />}
    </Section>
  )
}

function Servers({ status }: { readonly status: DirectoryStatus }) {
  const { inUse, site, servers, pool, signIns, lookUps, switches, lastFailure } = status
  return (
    <Stack gap="md">
      <Facts>
        <Fact name="In use">
          {inUse === undefined
            ? 'none yet: nothing has been asked'
            : `${visible(inUse.server)} for ${lasted(inUse.forMs)}${inUse.isPreferred ? '' : ', and a preferred one is away'}`}
        </Fact>
        {site !== undefined && <Fact name="Site">{visible(site)}</Fact>}
        <Fact name="Connections">
          {pool.open} open of {pool.most} at most, {pool.idle} idle
          {pool.waiting > 0 && `, ${pool.waiting} requests wait`}
        </Fact>
        <Fact name="Sign-ins">
          {count(signIns.accepted)} accepted, {count(signIns.refused)} refused, {count(signIns.failed)} failed
          {signIns.unknown > 0 && `, ${count(signIns.unknown)} without an answer`}
        </Fact>
        <Fact name="Look-ups">
          {count(lookUps.done)} done, {count(lookUps.failed)} failed
        </Fact>
        <Fact name="Changes of server">{count(switches)}</Fact>
        <Fact name="Last failure">
          {lastFailure === undefined
            ? 'none since these settings hold'
            : `${visible(lastFailure.says)} ${lastFailure.code}, ${lasted(lastFailure.forMs)} ago`}
        </Fact>
      </Facts>
      <DataTable
        caption="Servers in the order they are tried"
        columns={columns}
        rows={servers}
        keyOf={({ server }) => server}
        whenEmpty="No server is known yet: DNS has not been asked, or names none."
      />
    </Stack>
  )
}

const count = (number: number) => number.toLocaleString('en')
