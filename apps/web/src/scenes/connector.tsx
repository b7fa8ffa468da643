/**
 * One connector: how it is, what runs on it, what it is known by, and how to end it.
 *
 * @module
 */
import { Button, Group, NumberInput, Paper, SegmentedControl, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { ask, path } from '../api/client.ts'
import { connectorQuery } from '../api/queries.ts'
import type { Connector, Work } from '../api/shapes.ts'
import { standingOfService } from '../gate/gate.ts'
import { Answer } from '../parts/answer.tsx'
import { ConsentDialog, type Consent } from '../parts/consent-dialog.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { ThumbprintLine } from '../parts/thumbprint-line.tsx'
import { useDemand } from '../settings/restricted-actions.ts'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { ago, expiry, moment, took } from '../text/time.ts'
import { ConnectionTest } from '../trace/connection-test.tsx'
import { ConnectorState, enterpriseServices, versionOf } from './connectors.tsx'

const route = getRouteApi('/shell/groups/$group/connectors/$connector')

export function ConnectorScene() {
  const { group, connector } = route.useParams()
  const answer = useQuery(connectorQuery(group, connector))
  const title = answer.data === undefined ? 'Connector' : visible(answer.data.name)
  return (
    <Page
      title={title}
      says={
        <TextLink to="/groups/$group/connectors" params={{ group }}>
          All connectors
        </TextLink>
      }
      actions={answer.data !== undefined && <Revoke group={group} connector={answer.data} />}
    >
      <Answer of={answer}>{(data) => <Details group={group} connector={data} />}</Answer>
    </Page>
  )
}

function Details({ group, connector }: { readonly group: string; readonly connector: Connector }) {
  const now = useNow()
  const { certificate } = connector
  const services = enterpriseServices(connector)
  return (
    <Stack gap="lg">
      {connector.cloneAlarm && (
        <Notice
          about="failed"
          says={connector.clone?.says ?? 'Two connectors use the identity of this one.'}
          fix={
            connector.clone?.fix ??
            'Somebody copied or restored its files. Revoke it, and invite the one that shall stay.'
          }
        />
      )}
      <Paper component="section" aria-label="State">
        <Facts>
          <Fact name="State">
            <ConnectorState connector={connector} />
          </Fact>
          <Fact name="Last seen">{ago(connector.lastSeen, now)}</Fact>
          <Fact name="Load">
            {connector.inFlight} in flight,{' '}
            {connector.latencyMs > 0 ? `${took(connector.latencyMs)} latency` : 'latency not measured yet'}
          </Fact>
          <Fact name="Version">{versionOf(connector.software)}</Fact>
          <Fact name="Enrolled">{moment(connector.enrolledAt)}</Fact>
          <Fact name="Id">
            <span className="mono outside">{connector.id}</span>
          </Fact>
          {connector.policyDigest !== undefined && (
            <Fact name="Policy file">
              <span className="mono outside">{connector.policyDigest.slice(0, 16)}…</span> (SHA-256; it changes only on
              its host)
            </Fact>
          )}
        </Facts>
      </Paper>
      {connector.state !== 'revoked' && <Duty group={group} connector={connector} />}
      <Section title="Services">
        <DataTable
          caption="Services of this connector"
          rows={services}
          keyOf={({ service }) => service}
          whenEmpty="It runs no service. Settings reach it by themselves once a service is on."
          columns={[
            { title: 'Service', cell: ({ service }) => service },
            {
              title: 'State',
              cell: ({ state }) => <StandingWord standing={standingOfService(state)}>{state}</StandingWord>,
            },
            { title: 'Settings', cell: ({ generation }) => `generation ${generation}` },
            { title: 'What it says', cell: ({ says, fix }) => (says === '' ? 'nothing to report' : `${says} ${fix}`) },
          ]}
        />
      </Section>
      {connector.state !== 'revoked' && <Test group={group} connector={connector} />}
      <Section title="Certificate">
        <Stack gap="md">
          <Text size="sm">Ends {expiry(certificate.notAfter, now)}. The connector renews it by itself.</Text>
          <ThumbprintLine title="SHA-256" thumbprint={certificate.thumbprints.sha256} />
          <ThumbprintLine title="Windows thumbprint (SHA-1)" thumbprint={certificate.thumbprints.sha1Windows} />
        </Stack>
      </Section>
    </Stack>
  )
}

function Test({ group, connector }: { readonly group: string; readonly connector: Connector }) {
  const on = enterpriseServices(connector).filter(({ state }) => state !== 'off')
  const [target, setTarget] = useState('itself')
  const name = visible(connector.name)
  const isItself = target === 'itself' || !on.some(({ service }) => service === target)
  return (
    <Section
      title="Test and trace"
      says="From this console over the relay to this connector, and on to a service if you choose one. The trace shows where it stops."
    >
      <Stack gap="md">
        {on.length > 0 && (
          <SegmentedControl
            aria-label="What to test"
            className="start"
            value={isItself ? 'itself' : target}
            onChange={setTarget}
            data={[
              { value: 'itself', label: 'The connector' },
              ...on.map(({ service }) => ({ value: service, label: `${service} through it` })),
            ]}
          />
        )}
        {isItself ? (
          <ConnectionTest
            key="itself"
            title={`Test of ${name}`}
            address={path`/api/groups/${group}/connectors/${connector.id}/test`}
            button="Test the connector"
            history={{ group, target: `connector/${connector.id}` }}
          />
        ) : (
          <ConnectionTest
            key={target}
            title={`Test of ${target} through ${name}`}
            address={path`/api/groups/${group}/services/${target}/test`}
            body={{ connector: connector.id }}
            button={`Test ${target}`}
            history={{ group, target: `service/${target}` }}
          />
        )}
      </Stack>
    </Section>
  )
}

/** What it is to do, which is not always what it does yet. */
const works: readonly { readonly value: Work; readonly label: string; readonly says: string }[] = [
  { value: 'active', label: 'Active', says: 'It takes its share of the work.' },
  { value: 'draining', label: 'Drain', says: 'It finishes what it has and gets nothing new.' },
  {
    value: 'maintenance',
    label: 'Maintenance',
    says: 'It gets no work until you make it active again, also after a restart. Tests and settings still reach it.',
  },
]

function Duty({ group, connector }: { readonly group: string; readonly connector: Connector }) {
  const id = useId()
  const session = useSession()
  const queryClient = useQueryClient()
  const { state, weight } = connector.wanted
  const [typed, setTyped] = useState<number | string>(weight)
  const change = useMutation({
    mutationFn: (wanted: { readonly state?: Work; readonly weight?: number }) =>
      ask<Connector>('PUT', path`/api/groups/${group}/connectors/${connector.id}`, { body: wanted }),
    onSuccess: async (answer) => {
      setTyped(answer.wanted.weight)
      queryClient.setQueryData(connectorQuery(group, connector.id).queryKey, answer)
      await queryClient.invalidateQueries({ queryKey: ['group', group] })
    },
  })
  const mayEdit = may(session, 'connectors:edit')
  const shown = change.isPending ? (change.variables.state ?? state) : state
  return (
    <Section title="Work">
      <Stack gap="md">
        <Stack gap={6}>
          <Text size="sm" fw={600} id={`${id}-work`}>
            What it is to do
          </Text>
          <SegmentedControl
            aria-labelledby={`${id}-work`}
            className="start"
            disabled={!mayEdit}
            value={shown}
            onChange={(chosen) => change.mutate({ state: chosen as Work })}
            data={works.map(({ value, label }) => ({ value, label }))}
          />
          <Text size="sm" c="dimmed" role="status">
            {works.find(({ value }) => value === shown)?.says}
            {shown !== 'active' && connector.inFlight > 0 && ` Still ${connector.inFlight} in flight.`}
            {shown !== 'active' && connector.inFlight === 0 && ' Nothing is in flight.'}
          </Text>
        </Stack>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            change.mutate({ weight: Number(typed) })
          }}
        >
          <Group align="flex-end" gap="xs">
            <NumberInput
              label="Weight"
              description="Its share against the other connectors of the group, 1 to 100."
              min={1}
              max={100}
              allowDecimal={false}
              disabled={!mayEdit}
              value={typed}
              onChange={setTyped}
              w={300}
            />
            <Button
              type="submit"
              variant="default"
              disabled={!mayEdit || typed === '' || Number(typed) === weight}
              loading={change.isPending && change.variables.weight !== undefined}
            >
              Set weight
            </Button>
          </Group>
        </form>
        {change.isError && <FailureNotice error={change.error} />}
      </Stack>
    </Section>
  )
}

function Revoke({ group, connector }: { readonly group: string; readonly connector: Connector }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const session = useSession()
  const queryClient = useQueryClient()
  const demand = useDemand(group, 'revokeConnector')
  const name = visible(connector.name)
  const revoke = async (consent: Consent) => {
    await ask('POST', path`/api/groups/${group}/connectors/${connector.id}/revoke`, { body: consent })
    close()
    notifications.show({ message: `${name} is revoked. Its session is cut.` })
    await queryClient.invalidateQueries({ queryKey: ['group', group] })
  }
  if (connector.state === 'revoked' || !may(session, 'connectors:edit')) return null
  return (
    <>
      <Button color="red" variant="outline" className="is-grave" onClick={open}>
        Revoke
      </Button>
      <ConsentDialog
        title={`Revoke ${name}?`}
        isOpen={isOpen}
        onClose={close}
        doIt="Revoke for good"
        demand={demand}
        run={revoke}
      >
        <Text size="sm">
          Its session is cut within seconds, and it is refused from then on. This cannot be taken back: to use that
          server again, invite it again.
        </Text>
      </ConsentDialog>
    </>
  )
}
