/**
 * One connector: how it is, what runs on it, what it is known by, and how to end it.
 *
 * @module
 */
import { Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { connectorQuery } from '../api/queries.ts'
import type { Connector } from '../api/shapes.ts'
import { standingOfService } from '../gate/stations.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { ThumbprintLine } from '../parts/thumbprint-line.tsx'
import { visible } from '../text/directory-text.ts'
import { ago, expiry, moment, took } from '../text/time.ts'
import { ConnectorState, enterpriseServices, versionOf } from './connectors.tsx'
import { Test } from '../connectors/connector-test.tsx'
import { Duty } from '../connectors/connector-duty.tsx'
import { Revoke } from '../connectors/connector-revoke.tsx'

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
