/**
 * Test connection, with View trace: every hop as it is tried, and the tests before.
 *
 * @module
 */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { ApiPath } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import type { Trace } from '../api/service-shapes.ts'
import { may, useSession } from '../shell/session.ts'
import { HopDiagram } from './hop-diagram.tsx'
import { hopsOfFailure } from './hops.ts'
import { hopsOfTrace, runTrace } from './run-trace.ts'
import { EarlierTrace, Earlier } from './earlier-tests.tsx'

export interface ConnectionTestProps {
  readonly title: string
  readonly address: ApiPath
  readonly body?: object
  readonly button?: string
  /** Said as long as nothing has been tested. */
  readonly says?: string
  /** Shown above the hops when all is well. */
  readonly whenWell?: ReactNode
  /** Whose earlier tests are listed. */
  readonly history?: { readonly group: string; readonly target: string }
}

export function ConnectionTest(props: ConnectionTestProps) {
  const { title, address, body, button = 'Test connection', says, whenWell, history } = props
  const session = useSession()
  const queryClient = useQueryClient()
  const [running, setRunning] = useState<Trace>()
  const [earlier, setEarlier] = useState<string>()
  const test = useMutation({
    mutationFn: () => {
      setEarlier(undefined)
      setRunning(undefined)
      return runTrace(address, { body, onProgress: setRunning })
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['traces'] }),
  })
  const shown = test.isPending ? running : test.data
  if (!may(session, 'traces:edit')) {
    return (
      <Text size="sm" c="dimmed">
        Your roles do not let you test connections.
      </Text>
    )
  }
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Button loading={test.isPending} onClick={() => test.mutate()}>
          {button}
        </Button>
        {test.isPending && (
          <Text size="sm" c="dimmed" role="status">
            {running === undefined || running.hops.length === 0
              ? 'Testing every hop. Seconds as a rule, half a minute where something is silent.'
              : `${running.hops.length} ${running.hops.length === 1 ? 'hop' : 'hops'} so far…`}
          </Text>
        )}
      </Group>
      {test.isIdle && says !== undefined && (
        <Text size="sm" c="dimmed">
          {says}
        </Text>
      )}
      {test.data?.verdict === 'ok' && !test.isPending && whenWell}
      {test.isError && <HopDiagram title={title} hops={hopsOfFailure(problemOf(test.error))} />}
      {shown !== undefined && earlier === undefined && (
        <HopDiagram
          title={title}
          hops={hopsOfTrace(shown)}
          {...(test.isPending ? { walking: shown.walking ?? '' } : {})}
          totalMs={test.isPending ? undefined : shown.durationMs}
        />
      )}
      {earlier !== undefined && <EarlierTrace id={earlier} title={title} />}
      {history !== undefined && may(session, 'traces:read') && (
        <Earlier {...history} shown={earlier ?? test.data?.id} onShow={setEarlier} />
      )}
    </Stack>
  )
}
