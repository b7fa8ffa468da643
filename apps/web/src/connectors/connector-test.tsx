/**
 * A test of one connector.
 *
 * @module
 */
import { Select, Stack } from '@mantine/core'
import { useState } from 'react'
import { path } from '../api/client.ts'
import type { Connector } from '../api/shapes.ts'
import { Section } from '../parts/section.tsx'
import { visible } from '../text/directory-text.ts'
import { ConnectionTest } from '../trace/connection-test.tsx'
import { enterpriseServices } from '../scenes/connectors.tsx'

export function Test({ group, connector }: { readonly group: string; readonly connector: Connector }) {
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
          <Select
            label="What to test"
            maw={320}
            allowDeselect={false}
            value={isItself ? 'itself' : target}
            onChange={(chosen) => setTarget(chosen ?? 'itself')}
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
