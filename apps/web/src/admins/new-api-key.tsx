/**
 * A new API key, shown once.
 *
 * @module
 */
import { Button, Group as Row, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { EndDate, endOfDay } from './end-date.tsx'
import { everywhere, GroupSelect } from './group-select.tsx'
import { rolesQuery } from './queries.ts'
import { ask, path } from '../api/client.ts'
import type { ApiKey } from '../api/access-shapes.ts'
import { CopyLine } from '../parts/copy-line.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'

export function NewKey({ onDone }: { readonly onDone: () => void }) {
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
