/**
 * API keys: how programs prove who they are.
 *
 * @module
 */
import { Button, Group as Row, Paper, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { EndDate, endOfDay } from '../admins/end-date.tsx'
import { Ending } from '../admins/ending.tsx'
import { everywhere, GroupSelect, useGroupName } from '../admins/group-select.tsx'
import { apiKeysQuery, rolesQuery } from '../admins/queries.ts'
import { ask, path } from '../api/client.ts'
import type { ApiKey } from '../api/shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { CopyLine } from '../parts/copy-line.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'

export function ApiKeysScene() {
  const keys = useQuery(apiKeysQuery)
  const session = useSession()
  const roles = useQuery({ ...rolesQuery, enabled: may(session, 'roles:read') })
  const nameOf = useGroupName()
  const now = useNow()
  const [isOpen, { open, close }] = useDisclosure(false)
  const [revoking, setRevoking] = useState<ApiKey>()
  const mayEdit = may(session, 'api-keys:edit')
  const isOver = ({ revokedAt, expiresAt }: ApiKey) =>
    revokedAt !== undefined || (expiresAt !== undefined && new Date(expiresAt) <= now)
  const columns: readonly Column<ApiKey>[] = [
    { title: 'Name', cell: ({ name }) => <strong>{visible(name)}</strong> },
    {
      title: 'State',
      cell: (key) =>
        key.revokedAt !== undefined ? (
          <StandingWord standing="off">revoked</StandingWord>
        ) : isOver(key) ? (
          <StandingWord standing="off">ended</StandingWord>
        ) : (
          <StandingWord standing="ok">works</StandingWord>
        ),
    },
    {
      title: 'Role',
      cell: ({ role, group }) =>
        role === undefined
          ? 'none: may do nothing'
          : `${visible(roles.data?.roles.find(({ id }) => id === role)?.name ?? role)}, ${nameOf(group)}`,
    },
    { title: 'Made', cell: ({ createdAt }) => moment(createdAt) },
    {
      title: 'Ends',
      cell: ({ expiresAt, revokedAt }) =>
        revokedAt === undefined ? <Ending at={expiresAt} now={now} /> : `revoked ${revokedAt.slice(0, 10)}`,
    },
    ...(mayEdit
      ? [
          {
            title: 'Change',
            cell: (key: ApiKey) =>
              isOver(key) ? (
                <Text span size="sm" c="dimmed">
                  over
                </Text>
              ) : (
                <Button
                  variant="outline"
                  size="compact-sm"
                  className="is-grave"
                  aria-label={`Revoke ${visible(key.name)}`}
                  onClick={() => setRevoking(key)}
                >
                  Revoke
                </Button>
              ),
          },
        ]
      : []),
  ]
  return (
    <Page
      title="API keys"
      says="A program sends its key with every request, and may what the role of the key lets it. The console keeps only a digest."
      actions={mayEdit && <Button onClick={open}>New API key</Button>}
    >
      <Paper>
        <Answer of={keys}>
          {(all) => (
            <DataTable
              caption="API keys"
              columns={columns}
              rows={[...all.filter((key) => !isOver(key)), ...all.filter(isOver)]}
              keyOf={({ id }) => id}
              whenEmpty="There is no API key you may see."
            />
          )}
        </Answer>
      </Paper>
      <Dialog title="New API key" isOpen={isOpen} onClose={close}>
        <NewKey onDone={close} />
      </Dialog>
      <Dialog
        title={revoking === undefined ? '' : `Revoke ${visible(revoking.name)}?`}
        isOpen={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
      >
        {revoking !== undefined && <Revoke apiKey={revoking} onDone={() => setRevoking(undefined)} />}
      </Dialog>
    </Page>
  )
}

function NewKey({ onDone }: { readonly onDone: () => void }) {
  const session = useSession()
  const roles = useQuery({ ...rolesQuery, enabled: may(session, 'roles:read') })
  const queryClient = useQueryClient()
  const form = useForm({
    initialValues: { name: '', role: '', group: session.grants[0]?.group ?? everywhere, day: '' },
    validate: { role: (value) => (value === '' ? 'Choose what the program may do.' : null) },
  })
  const make = useMutation({
    mutationFn: ({ name, role, group, day }: typeof form.values) =>
      ask<ApiKey & { readonly key: string }>('POST', path`/api/api-keys`, {
        body: {
          name,
          role,
          ...(group === everywhere ? {} : { group }),
          ...(day === '' ? {} : { expiresAt: endOfDay(day) }),
        },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['api-keys'] }),
  })
  if (make.data !== undefined) {
    return (
      <Stack gap="md">
        <Notice
          about="warning"
          says="This is the only time the key is shown."
          fix="Copy it now, to where the program keeps its secrets."
        />
        <CopyLine title={`Key of ${visible(make.data.name)}`} value={make.data.key} />
        <Row justify="flex-end">
          <Button onClick={onDone}>I have it</Button>
        </Row>
      </Stack>
    )
  }
  return (
    <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="Of the program that will use it. It stands in the audit."
          required
          withAsterisk={false}
          data-autofocus
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <Select
          label="Role"
          placeholder="Choose a role"
          data={(roles.data?.roles ?? []).map(({ id, name }) => ({ value: id, label: visible(name) }))}
          {...form.getInputProps('role')}
        />
        <GroupSelect
          label="In"
          description="The role counts there and below."
          value={form.values.group}
          onChange={(group) => form.setFieldValue('group', group)}
        />
        <EndDate
          label="Ends"
          description="Empty: never. A key with an end does less harm when it leaks."
          value={form.values.day}
          onChange={(day) => form.setFieldValue('day', day)}
        />
        {make.isError && <FailureNotice error={make.error} />}
        <Row justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            Make the key
          </Button>
        </Row>
      </Stack>
    </form>
  )
}

function Revoke({ apiKey, onDone }: { readonly apiKey: ApiKey; readonly onDone: () => void }) {
  const queryClient = useQueryClient()
  const revoke = useMutation({
    mutationFn: () => ask('POST', path`/api/api-keys/${apiKey.id}/revoke`, { body: {} }),
    onSuccess: async () => {
      onDone()
      notifications.show({ message: `${visible(apiKey.name)} is revoked.` })
      await queryClient.invalidateQueries({ queryKey: ['api-keys'] })
    },
  })
  return (
    <Stack gap="md">
      <Text size="sm">The program that uses it is refused from its next request on. This cannot be taken back.</Text>
      {revoke.isError && <FailureNotice error={revoke.error} />}
      <Row justify="flex-end">
        <Button variant="default" onClick={onDone} data-autofocus>
          Keep it
        </Button>
        <Button color="red" className="is-grave-filled" loading={revoke.isPending} onClick={() => revoke.mutate()}>
          Revoke for good
        </Button>
      </Row>
    </Stack>
  )
}
