/**
 * What is known of a device: each fact with who says so and how old that is, and what others say.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Device, SaidFact } from '../api/device-shapes.ts'
import { Fact, Facts } from '../parts/facts.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Section } from '../parts/section.tsx'
import { visible } from '../text/directory-text.ts'
import { ago, moment } from '../text/time.ts'
import { catalogueQuery } from './queries.ts'
import { factTitle, identifierTitle, platformWord, sourceWord, valueWord } from './words.ts'

export interface DeviceFactsProps {
  readonly device: Device
  readonly now: Date
  readonly sourceNames: ReadonlyMap<string, string>
}

interface Row {
  readonly fact: string
  readonly said: SaidFact & { readonly source: string }
}

export function DeviceFacts({ device, now, sourceNames }: DeviceFactsProps) {
  const catalogue = useQuery(catalogueQuery)
  const meanings = new Map(catalogue.data?.facts.map(({ name, says }) => [name, says]))
  const known: readonly Row[] = Object.entries(device.facts).flatMap(([fact, said]) =>
    said === undefined ? [] : [{ fact, said }],
  )
  const untold = (catalogue.data?.facts ?? []).filter(({ name }) => device.facts[name] === undefined)
  const columns: readonly Column<Row>[] = [
    {
      title: 'Fact',
      cell: ({ fact }) => (
        <>
          {factTitle(fact)}
          {typeof device.facts[fact]?.value === 'boolean' && (
            <Text size="xs" c="dimmed">
              {meanings.get(fact)}
            </Text>
          )}
        </>
      ),
    },
    {
      title: 'Value',
      cell: ({ fact, said }) => (
        <>
          {wordOf(fact, said)}
          <Others fact={fact} said={said} device={device} names={sourceNames} />
        </>
      ),
    },
    { title: 'Who says so', cell: ({ said }) => visible(sourceWord(said.source, sourceNames)) },
    {
      title: 'Observed',
      cell: ({ said }) => (
        <time dateTime={said.at} title={moment(said.at)}>
          {ago(said.at, now)}
        </time>
      ),
    },
  ]
  return (
    <Section title="Facts" says="Unknown is not no: the source looked and cannot tell. What it means, a policy says.">
      <DataTable
        caption="Facts of the device"
        columns={columns}
        rows={known}
        keyOf={({ fact }) => fact}
        whenEmpty="Nobody has said anything about it yet."
      />
      {untold.length > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          Nobody speaks of: {untold.map(({ name }) => factTitle(name)).join(', ')}.
        </Text>
      )}
    </Section>
  )
}

function wordOf(fact: string, { value, isUnknown }: SaidFact): React.ReactNode {
  if (isUnknown || value === undefined) {
    return (
      <Text span size="sm" c="dimmed">
        unknown
      </Text>
    )
  }
  return visible(fact === 'platform' && typeof value === 'string' ? platformWord(value) : valueWord(value))
}

/** Sources that disagree, or cannot tell what another one can. */
function Others({
  fact,
  said,
  device,
  names,
}: Row & { readonly device: Device; readonly names: DeviceFactsProps['sourceNames'] }) {
  const others = device.sources.flatMap(({ source, facts }) => {
    const other = facts[fact]
    return source === said.source || other === undefined || other.value === said.value ? [] : [{ source, other }]
  })
  return others.map(({ source, other }) => (
    <Text key={source} size="xs" c="dimmed">
      {visible(sourceWord(source, names))}: {visible(valueWord(other.isUnknown ? undefined : other.value))}
    </Text>
  ))
}

export function DeviceIdentity({ device, now, sourceNames }: DeviceFactsProps) {
  return (
    <Section title="Identity">
      <Facts>
        {Object.entries(device.identifiers).map(([kind, value]) => (
          <Fact key={kind} name={identifierTitle(kind)}>
            <span className="mono">{visible(value)}</span>
          </Fact>
        ))}
        <Fact name="GUID, for NACs">
          <span className="mono">{device.id}</span>
        </Fact>
        <Fact name="Group">{visible(device.groupName)}</Fact>
        <Fact name="Enrolled">{moment(device.enrolledAt)}</Fact>
        <Fact name="Last report">{ago(device.lastReportAt, now)}</Fact>
        <Fact name="Agent">
          {device.agent === undefined
            ? 'none: it takes no commands'
            : `last check-in ${ago(device.agent.lastCheckInAt, now)}${
                device.agent.user === undefined ? '' : `, enrolled by ${visible(device.agent.user)}`
              }`}
        </Fact>
        {device.sources.map(({ source, at, sourceId }) => (
          <Fact key={source} name={`By ${visible(sourceWord(source, sourceNames))}`}>
            {ago(at, now)}
            {sourceId !== undefined && sourceId !== device.id && (
              <>
                , there <span className="mono">{visible(sourceId)}</span>
              </>
            )}
          </Fact>
        ))}
      </Facts>
    </Section>
  )
}
