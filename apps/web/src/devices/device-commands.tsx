/**
 * Commands to a device: what it was asked to do, and asking it something.
 *
 * @module
 */
import { Button, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { CommandKind, DeviceCommand } from '../api/command-shapes.ts'
import type { Device } from '../api/device-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { ConsentDialog, type Consent } from '../parts/consent-dialog.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { useDemand } from '../settings/restricted-actions.ts'
import { settingsPageQuery } from '../settings/settings-query.ts'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { deviceCommandsQuery } from './queries.ts'
import { commandWords, isManaged } from './words.ts'
import { commandColumns } from './command-columns.tsx'
import { Message } from './message-form.tsx'

interface Order extends Consent {
  readonly kind: CommandKind
  readonly text?: { readonly title: string; readonly body: string }
}

export function DeviceCommands({ device, now }: { readonly device: Device; readonly now: Date }) {
  const session = useSession()
  const queryClient = useQueryClient()
  const commands = useQuery(deviceCommandsQuery(device.id))
  const settings = useQuery({
    ...settingsPageQuery(device.group, 'devices'),
    enabled: may(session, 'settings:read'),
  })
  const wipeDemand = useDemand(device.group, 'wipeDevice')
  const [asking, setAsking] = useState<'message' | 'enterpriseWipe' | 'fullWipe'>()
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['devices', 'one', device.id] })
  const order = (body: Order) =>
    ask<DeviceCommand & { readonly isNew: boolean }>('POST', path`/api/devices/${device.id}/commands`, { body })
  const send = useMutation({
    mutationFn: order,
    onSuccess: async ({ kind, isNew }) => {
      setAsking(undefined)
      notifications.show({
        message: isNew
          ? `${commandWords[kind]}: the device gets it with its next check-in.`
          : `${commandWords[kind]} waits already; nothing was added.`,
      })
      await refresh()
    },
  })
  const cancel = useMutation({
    mutationFn: (command: string) => ask('DELETE', path`/api/devices/${device.id}/commands/${command}`),
    onSettled: refresh,
  })
  const mayOrder = may(session, 'devices:edit') && device.agent !== undefined && isManaged(device.state)
  const isFullAllowed = settings.data?.values['allowFullWipe']?.value === true
  const columns = commandColumns(now, may(session, 'devices:edit') ? cancel.mutate : undefined)
  return (
    <Section
      title="Commands"
      says={
        device.agent === undefined
          ? 'No agent of ours runs on this device, so nothing can be asked of it.'
          : 'The device gets them with its next check-in, and says how it went.'
      }
      actions={
        mayOrder && (
          <>
            <Button variant="light" size="compact-sm" onClick={() => send.mutate({ kind: 'report' })}>
              Report now
            </Button>
            <Button variant="light" size="compact-sm" onClick={() => setAsking('message')}>
              Message
            </Button>
            <Button variant="light" size="compact-sm" onClick={() => send.mutate({ kind: 'lock' })}>
              Lock
            </Button>
            <Button
              variant="outline"
              size="compact-sm"
              className="is-grave"
              onClick={() => setAsking('enterpriseWipe')}
            >
              Enterprise wipe
            </Button>
            {isFullAllowed && (
              <Button variant="outline" size="compact-sm" className="is-grave" onClick={() => setAsking('fullWipe')}>
                Full wipe
              </Button>
            )}
          </>
        )
      }
    >
      {send.isError && asking === undefined && <FailureNotice error={send.error} />}
      {cancel.isError && <FailureNotice error={cancel.error} />}
      <Answer of={commands}>
        {(all) => (
          <DataTable
            caption="Commands"
            columns={columns}
            rows={all}
            keyOf={({ id }) => id}
            whenEmpty="It was not asked to do anything yet."
          />
        )}
      </Answer>
      <Dialog
        title={`Message to ${visible(device.name)}`}
        isOpen={asking === 'message'}
        onClose={() => setAsking(undefined)}
      >
        <Message of={send} onSend={(title, body) => send.mutate({ kind: 'message', text: { title, body } })} />
      </Dialog>
      <ConsentDialog
        title={`Enterprise wipe of ${visible(device.name)}?`}
        doIt="Wipe what we installed"
        demand={wipeDemand}
        isOpen={asking === 'enterpriseWipe'}
        onClose={() => setAsking(undefined)}
        run={(consent) => send.mutateAsync({ kind: 'enterpriseWipe', ...consent })}
      >
        <Text size="sm">
          At its next check-in the device removes what the agent installed, and the agent itself. Once it says so, the
          network does not know it any more. Data of its user stays.
        </Text>
      </ConsentDialog>
      <ConsentDialog
        title={`Full wipe of ${visible(device.name)}?`}
        doIt="Erase the device"
        demand={wipeDemand}
        isOpen={asking === 'fullWipe'}
        onClose={() => setAsking(undefined)}
        run={(consent) => send.mutateAsync({ kind: 'fullWipe', ...consent })}
      >
        <Text size="sm">
          Everything on the device is erased at its next check-in, data of its user included. This cannot be taken back.
        </Text>
      </ConsentDialog>
    </Section>
  )
}
