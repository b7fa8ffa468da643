/**
 * One connector: how it is, what runs on it, what it is known by, and how to end it.
 *
 * @module
 */
import { TextLink } from '../parts/link-button.tsx'
import { Button, Group, Modal, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import { connectorQuery } from '../api/queries.ts'
import type { CallAnswer, CheckRow, Connector } from '../api/shapes.ts'
import { standingOfService } from '../gate/gate.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { ThumbprintLine } from '../parts/thumbprint-line.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { ago, expiry, moment, took } from '../text/time.ts'
import { HopDiagram } from '../trace/hop-diagram.tsx'
import { hopsOfCheck } from '../trace/hops.ts'
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
          says="Two connectors use the identity of this one."
          fix="Somebody copied or restored its files. Revoke it, and invite the one that shall stay."
        />
      )}
      <Paper component="section" aria-label="State">
        <dl className="facts">
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
        </dl>
      </Paper>
      <Paper component="section" aria-labelledby="services">
        <Title order={2} mb="sm" id="services">
          Services
        </Title>
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
      </Paper>
      {connector.state === 'live' && <CheckSection group={group} connector={connector} />}
      <Paper component="section" aria-labelledby="certificate">
        <Title order={2} mb="sm" id="certificate">
          Certificate
        </Title>
        <Stack gap="md">
          <Text size="sm">Ends {expiry(certificate.notAfter, now)}. The connector renews it by itself.</Text>
          <ThumbprintLine title="SHA-256" thumbprint={certificate.thumbprints.sha256} />
          <ThumbprintLine title="Windows thumbprint (SHA-1)" thumbprint={certificate.thumbprints.sha1Windows} />
        </Stack>
      </Paper>
    </Stack>
  )
}

export function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function CheckSection({ group, connector }: { readonly group: string; readonly connector: Connector }) {
  const session = useSession()
  const check = useMutation({
    mutationFn: (service: string) =>
      ask<CallAnswer<{ rows: readonly CheckRow[] }>>('POST', path`/api/groups/${group}/call`, {
        body: { operation: 'instance.check', parameters: { service }, connector: connector.id },
      }),
  })
  const [service] = enterpriseServices(connector).filter(({ state }) => state !== 'off')
  if (service === undefined || !may(session, 'calls:edit')) return null
  return (
    <Paper component="section" aria-labelledby="checks">
      <Group justify="space-between" mb="sm">
        <Title order={2} id="checks">
          Check
        </Title>
        <Button variant="light" loading={check.isPending} onClick={() => check.mutate(service.service)}>
          Check {service.service} from here
        </Button>
      </Group>
      {check.isError && <FailureNotice error={check.error} />}
      {check.data !== undefined ? (
        <HopDiagram
          title={`Check of ${service.service} by ${visible(connector.name)}`}
          hops={hopsOfCheck(connector.name, check.data.result.rows)}
          totalMs={check.data.durationMs}
        />
      ) : (
        <Text size="sm" c="dimmed">
          Has this connector try every step to the service, and shows where it stops.
        </Text>
      )}
    </Paper>
  )
}

function Revoke({ group, connector }: { readonly group: string; readonly connector: Connector }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const [note, setNote] = useState('')
  const [pin, setPin] = useState('')
  const session = useSession()
  const queryClient = useQueryClient()
  const name = visible(connector.name)
  const revoke = useMutation({
    mutationFn: () =>
      ask('POST', path`/api/groups/${group}/connectors/${connector.id}/revoke`, {
        body: { note, ...(pin === '' ? {} : { pin }) },
      }),
    onSuccess: async () => {
      close()
      notifications.show({ message: `${name} is revoked. Its session is cut.` })
      await queryClient.invalidateQueries({ queryKey: ['group', group] })
    },
  })
  if (connector.state === 'revoked' || !may(session, 'connectors:edit')) return null
  return (
    <>
      <Button color="red" variant="outline" className="is-grave" onClick={open}>
        Revoke
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={<strong>Revoke {name}?</strong>}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack gap="md">
          <Text size="sm">
            Its session is cut within seconds, and it is refused from then on. This cannot be taken back: to use that
            server again, invite it again.
          </Text>
          <TextInput
            label="Why"
            description="Kept in the audit."
            maxLength={500}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <PasswordInput
            label="Security PIN"
            description="Only if you have set one."
            autoComplete="off"
            value={pin}
            onChange={(event) => setPin(event.currentTarget.value)}
          />
          {revoke.isError && <FailureNotice error={revoke.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Keep it
            </Button>
            <Button
              color="red"
              className="is-grave-filled"
              loading={revoke.isPending}
              disabled={note.trim() === ''}
              onClick={() => revoke.mutate()}
            >
              Revoke for good
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
