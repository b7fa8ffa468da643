/**
 * The relay: where it is, how connectors and this console reach it, and whether they can.
 *
 * @module
 */
import { Button, Paper, Stack, Switch, Text, Textarea, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconDownload } from '@tabler/icons-react'
import { ask, path } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import type { Relay } from '../api/shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { saveFile } from '../parts/save-file.ts'
import { StandingWord } from '../parts/standing-word.tsx'
import { hopsOfTrace, testConnection } from '../trace/connection-test.ts'
import { HopDiagram } from '../trace/hop-diagram.tsx'
import { hopsOfFailure } from '../trace/hops.ts'

const relayQuery = queryOptions({
  queryKey: ['relay'],
  queryFn: ({ signal }) => ask<Relay>('GET', path`/api/relay`, { signal }),
  refetchInterval: 3000,
})

export function RelayScene() {
  const relay = useQuery(relayQuery)
  return (
    <Page
      title="Relay"
      says="Where console and connectors meet. It routes sealed requests and holds no key that opens one."
    >
      <Answer of={relay}>
        {(data) => (
          <Stack gap="lg">
            <Paper component="section" aria-labelledby="relay-state">
              <Title order={2} mb="sm" id="relay-state">
                Attachment of this console{' '}
                <StandingWord standing={data.state === 'attached' ? 'ok' : data.state === 'off' ? 'off' : 'failed'}>
                  {data.state}
                </StandingWord>
              </Title>
              {data.failure !== undefined && <Notice about="failed" says={data.failure.says} fix={data.failure.fix} />}
              <RelayTest />
            </Paper>
            <Paper component="section" aria-labelledby="relay-settings">
              <Title order={2} mb="sm" id="relay-settings">
                Site URLs
              </Title>
              <RelayForm />
            </Paper>
            <Paper component="section" aria-labelledby="channel">
              <Title order={2} mb={4} id="channel">
                Secure channel
              </Title>
              <Text size="sm" mb="sm">
                What a relay needs to recognize this console. Import the file at the relay; nothing in it is secret.
              </Text>
              <SecureChannel />
            </Paper>
          </Stack>
        )}
      </Answer>
    </Page>
  )
}

function RelayTest() {
  const test = useMutation({ mutationFn: () => testConnection(path`/api/relay/test`) })
  return (
    <Stack gap="md">
      <Button className="start" variant="light" loading={test.isPending} onClick={() => test.mutate()}>
        Test connection
      </Button>
      {test.isError && <HopDiagram title="Test of the relay" hops={hopsOfFailure(problemOf(test.error))} />}
      {test.data !== undefined && (
        <HopDiagram title="Test of the relay" hops={hopsOfTrace(test.data)} totalMs={test.data.durationMs} />
      )}
    </Stack>
  )
}

/** Filled with what is stored, once: what a person types is not overwritten by a refresh. */
export function RelayForm() {
  const relay = useQuery(relayQuery)
  return <Answer of={relay}>{(data) => <Fields key={`${data.externalUrl} ${data.internalUrl}`} relay={data} />}</Answer>
}

function Fields({ relay }: { readonly relay: Relay }) {
  const queryClient = useQueryClient()
  const form = useForm({
    initialValues: {
      enabled: relay.externalUrl === undefined ? true : relay.enabled,
      externalUrl: relay.externalUrl ?? '',
      internalUrl: relay.internalUrl ?? '',
      tlsCa: relay.tlsCa ?? '',
    },
  })
  const save = useMutation({
    mutationFn: ({ enabled, externalUrl, internalUrl, tlsCa }: typeof form.values) =>
      ask('PUT', path`/api/relay`, {
        body: {
          enabled,
          externalUrl,
          internalUrl: internalUrl === '' ? externalUrl : internalUrl,
          ...(tlsCa.trim() === '' ? {} : { tlsCa }),
        },
      }),
    onSuccess: async () => {
      notifications.show({ message: 'Saved. The console dials the relay now.' })
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: ['relay'] }),
        queryClient.invalidateQueries({ queryKey: ['status'] }),
      ])
    },
  })
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="md" maw={560}>
        <Switch label="Use the relay" {...form.getInputProps('enabled', { type: 'checkbox' })} />
        <TextInput
          label="External URL"
          description="How connectors reach it; it goes into every invitation."
          placeholder="https://relay.example.com/awcm"
          required
          withAsterisk={false}
          {...form.getInputProps('externalUrl')}
        />
        <TextInput
          label="Internal URL"
          description="How this console reaches it. Empty: the same."
          {...form.getInputProps('internalUrl')}
        />
        <Textarea
          label="Authority of its TLS certificate (PEM)"
          description="Only if it is neither public nor issued by this console."
          autosize
          minRows={2}
          maxRows={8}
          classNames={{ input: 'mono' }}
          {...form.getInputProps('tlsCa')}
        />
        {save.isError && <FailureNotice error={save.error} />}
        <Button type="submit" className="start" loading={save.isPending}>
          Save
        </Button>
      </Stack>
    </form>
  )
}

function SecureChannel() {
  const get = useMutation({
    mutationFn: () => ask<object>('GET', path`/api/relay/secure-channel`),
    onSuccess: (channel) => saveFile('secure-channel.json', `${JSON.stringify(channel, undefined, 2)}\n`),
  })
  return (
    <Stack gap="sm">
      <Button
        variant="light"
        className="start"
        leftSection={<IconDownload size={16} aria-hidden />}
        loading={get.isPending}
        onClick={() => get.mutate()}
      >
        Download secure-channel.json
      </Button>
      {get.isError && <FailureNotice error={get.error} />}
    </Stack>
  )
}
