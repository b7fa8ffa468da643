/**
 * A syslog target to make or to change: where it is, what it is sent, and in which form.
 *
 * @module
 */
import { Button, Group, Paper, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useForm, type UseFormReturnType } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ask, path } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import type { ChangedTarget, ShownTarget } from '../api/syslog-shapes.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { Unsaved } from '../settings/unsaved.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { FormatFields } from './format-fields.tsx'
import { changeOf, erasesKey, targetFieldsOf, type TargetFields } from './target-fields.ts'
import { WayFields } from './way-fields.tsx'
import { What } from './content-fields.tsx'

export interface TargetPartProps {
  readonly group: string
  readonly form: UseFormReturnType<TargetFields>
  readonly isEditable: boolean
}

export function TargetForm({ group, shown }: { readonly group: string; readonly shown: ShownTarget | undefined }) {
  const isEditable = may(useSession(), 'services:edit')
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const form = useForm<TargetFields>({ initialValues: targetFieldsOf(shown) })
  const save = useMutation({
    mutationFn: (fields: TargetFields): Promise<ShownTarget> => {
      const body = changeOf(fields, shown?.hasClientKey === true)
      return shown === undefined
        ? ask<ShownTarget>('POST', path`/api/groups/${group}/syslog/targets`, { body })
        : ask<ChangedTarget>('PUT', path`/api/groups/${group}/syslog/targets/${shown.id}`, { body })
    },
    onSuccess: async (changed) => {
      const fields = targetFieldsOf(changed)
      form.setInitialValues(fields)
      form.setValues(fields)
      form.clearErrors()
      notifications.show({
        message: `${visible(changed.name)} is saved. Test it now to see whether it takes messages.`,
      })
      await queryClient.invalidateQueries({ queryKey: ['group', group, 'syslog'] })
      if (shown === undefined)
        await navigate({
          to: '/groups/$group/syslog/targets/$target',
          params: { group, target: changed.id },
          replace: true,
        })
    },
    onError: (error) => {
      const field = problemOf(error).details['field']
      if (typeof field === 'string')
        form.setFieldError(field.replace(/^settings\.(?:target\.|filter\.)?/, ''), problemOf(error).says)
    },
  })
  const isChanged = form.isDirty()
  const part = { group, form, isEditable }
  return (
    <Paper>
      <form onSubmit={form.onSubmit((fields) => save.mutate(fields))} noValidate={!isEditable}>
        <Unsaved isChanged={isChanged && isEditable && !save.isPending && !save.isSuccess} />
        <Stack gap="xl" maw={760}>
          <fieldset className="plain settings-fields" disabled={!isEditable}>
            <Stack gap="xl">
              <div className="fields-row">
                <TextInput
                  label="Name"
                  required
                  withAsterisk={false}
                  maxLength={100}
                  autoComplete="off"
                  {...form.getInputProps('name')}
                />
                <Switch label="Send to it" {...form.getInputProps('isOn', { type: 'checkbox' })} />
              </div>
              <WayFields
                {...part}
                hasKey={shown?.hasClientKey === true}
                mustRepeatKey={erasesKey(form.values, shown)}
              />
              <What {...part} />
              <FormatFields {...part} />
            </Stack>
          </fieldset>
          {save.isError && <FailureNotice error={save.error} />}
          {isEditable && (
            <div className={isChanged ? 'save-line is-changed' : 'save-line'}>
              <Group>
                <Button type="submit" loading={save.isPending} disabled={!isChanged && shown !== undefined}>
                  {shown === undefined ? 'Make the target' : 'Save'}
                </Button>
                {isChanged && (
                  <Text size="sm" c="dimmed" role="status">
                    Not saved yet.
                  </Text>
                )}
              </Group>
            </div>
          )}
        </Stack>
      </form>
    </Paper>
  )
}
