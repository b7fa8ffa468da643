/**
 * What can be done with the record of a device.
 *
 * @module
 */
import { Button, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { GroupSelect } from '../parts/group-select.tsx'
import { ask, path } from '../api/client.ts'
import type { Device } from '../api/device-shapes.ts'
import { useChange } from '../parts/change.ts'
import { ConsentDialog } from '../parts/consent-dialog.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { NameField } from '../parts/name-field.tsx'
import { DialogForm } from '../parts/submit-form.tsx'
import { useDemand } from '../settings/restricted-actions.ts'
import { visible } from '../text/directory-text.ts'

export function Actions({ device, group }: { readonly device: Device; readonly group: string }) {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [asking, setAsking] = useState<'change' | 'unenroll' | 'delete'>()
  const close = () => setAsking(undefined)
  const unenrollDemand = useDemand(device.group, 'unenrollDevice')
  const deleteDemand = useDemand(device.group, 'deleteDevice')
  return (
    <>
      <Button variant="default" onClick={() => setAsking('change')}>
        Rename or move
      </Button>
      {device.state !== 'unenrolled' && (
        <Button variant="outline" className="is-grave" onClick={() => setAsking('unenroll')}>
          Un-enroll
        </Button>
      )}
      <Button variant="outline" className="is-grave" onClick={() => setAsking('delete')}>
        Delete
      </Button>
      <Dialog title={`Rename or move ${visible(device.name)}`} isOpen={asking === 'change'} onClose={close}>
        <Change device={device} onDone={close} />
      </Dialog>
      <ConsentDialog
        title={`Un-enroll ${visible(device.name)}?`}
        doIt="Un-enroll it"
        keepIt="Keep it enrolled"
        demand={unenrollDemand}
        isOpen={asking === 'unenroll'}
        onClose={close}
        run={(consent) => ask<Device>('POST', path`/api/devices/${device.id}/unenroll`, { body: consent })}
        first={(left) => queryClient.setQueryData(['devices', 'one', device.id], left)}
        says={`${visible(device.name)} is un-enrolled.`}
      >
        <Text size="sm">
          Its agent is refused from now on, and network access control does not know it any more. With a new code it can
          come back.
        </Text>
      </ConsentDialog>
      <ConsentDialog
        title={`Delete ${visible(device.name)}?`}
        doIt="Delete for good"
        demand={deleteDemand}
        isOpen={asking === 'delete'}
        onClose={close}
        run={(consent) => ask('DELETE', path`/api/devices/${device.id}`, { body: consent })}
        first={() => navigate({ to: '/groups/$group/devices', params: { group } })}
        says={`${visible(device.name)} is deleted.`}
        renews={[['devices', 'list']]}
      >
        <Text size="sm">
          The device, its history and its addresses go. If somebody reports it again, it is a new one. This cannot be
          taken back.
        </Text>
      </ConsentDialog>
    </>
  )
}

function Change({ device, onDone }: { readonly device: Device; readonly onDone: () => void }) {
  const queryClient = useQueryClient()
  const [name, setName] = useState(device.givenName ?? '')
  const [group, setGroup] = useState(device.group)
  const change = useChange(
    () =>
      ask<Device>('PUT', path`/api/devices/${device.id}`, {
        body: { name: name.trim() === '' ? null : name.trim(), ...(group === device.group ? {} : { group }) },
      }),
    {
      first: (changed) => {
        queryClient.setQueryData(['devices', 'one', device.id], changed)
        onDone()
      },
      says: 'Saved.',
    },
  )
  return (
    <DialogForm of={change} onSubmit={() => change.mutate()} doIt="Save">
      <NameField
        description="Empty: the one it says itself."
        required={false}
        maxLength={200}
        value={name}
        onChange={setName}
      />
      <GroupSelect
        label="Group"
        description="The policies of another group hold for it at once."
        value={group}
        onChange={setGroup}
      />
    </DialogForm>
  )
}
