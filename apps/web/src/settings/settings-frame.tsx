/**
 * What every settings page has: inherit or override, what children may do, where each value
 * comes from, and who runs on it. The fields themselves are handed in.
 *
 * @module
 */
import { Button, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { useForm, type UseFormReturnType } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState, type ReactNode } from 'react'
import { problemOf } from '../api/problem.ts'
import type { ChildPermission, SettingsPage } from '../api/service-shapes.ts'
import { ConsentFields, isGiven, noConsent } from '../parts/consent-fields.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { may, useSession } from '../shell/session.ts'
import { changeOf, storedSecrets, type Values } from './page-values.ts'
import { Provenance } from './provenance.tsx'
import { saveSettings, type SavedPage } from './settings-query.ts'
import { permissions, startOf, explain } from './inheritance.ts'

export interface SettingsParts<Fields> {
  readonly form: UseFormReturnType<Fields>
  /** What holds now; the form may say something else already. */
  readonly page: SettingsPage
  readonly isEditable: boolean
  /** Stored secrets the form does not repeat will not be there any more. */
  readonly mustRepeatSecrets: boolean
  /** The label of a field, with where its value comes from. */
  readonly label: (text: string, field: string) => ReactNode
}

export interface SettingsFrameProps<Fields> {
  readonly group: string
  readonly page: SettingsPage
  readonly fieldsOf: (page: SettingsPage) => Fields
  readonly valuesOf: (fields: Fields, page: SettingsPage) => Values
  /** Whether this change moves where to connect, or whom to believe: the stored secret does not go along. */
  readonly erasesSecrets?: (fields: Fields, page: SettingsPage) => boolean
  readonly saved?: string
  /** Changing this page is itself something to give a reason for. */
  readonly asksConsent?: boolean
  /** Another way to store values, for who may change the service and not its settings page. */
  readonly store?: ((values: Values) => Promise<unknown>) | undefined
  readonly children: (parts: SettingsParts<Fields>) => ReactNode
}

export function SettingsFrame<Fields extends object>(props: SettingsFrameProps<Fields>) {
  const { group, page, fieldsOf, valuesOf, erasesSecrets, store, asksConsent = false, children } = props
  const [consent, setConsent] = useState(noConsent)
  const session = useSession()
  const queryClient = useQueryClient()
  const ids = useId()
  // What the form began with: a refresh, or somebody else, does not overwrite what is typed.
  const [base, setBase] = useState(page)
  const isSwitchable = may(session, 'settings:edit') && store === undefined
  const mayEdit = isSwitchable || store !== undefined
  const [mode, setMode] = useState(startOf(page, mayEdit))
  const [childPermission, setChildPermission] = useState(page.childPermission)
  const form = useForm<Fields>({ initialValues: fieldsOf(page) })

  const begin = (from: SettingsPage, childrenMay: ChildPermission) => {
    const fields = fieldsOf(from)
    setBase(from)
    setMode(startOf(from, mayEdit))
    setChildPermission(childrenMay)
    setConsent(noConsent)
    form.setInitialValues(fields)
    form.setValues(fields)
    form.clearErrors()
  }
  const save = useMutation({
    mutationFn: async (fields: Fields): Promise<SavedPage | undefined> => {
      const values = changeOf(base, valuesOf(fields, base))
      if (store !== undefined) {
        await store(values)
        return undefined
      }
      const childrenMay = childPermission === base.childPermission ? {} : { childPermission }
      return saveSettings(group, base.page, {
        mode,
        ...(mode === 'override' ? { values } : {}),
        ...childrenMay,
        ...(asksConsent ? consent : {}),
      })
    },
    onSuccess: async (answer) => {
      if (answer !== undefined) {
        queryClient.setQueryData(['group', group, 'settings', base.page], answer)
        begin(answer, answer.childPermission)
      }
      notifications.show({ message: props.saved ?? 'Saved. The connectors get the settings now.' })
      // Groups below may inherit what has changed.
      await queryClient.invalidateQueries({ queryKey: ['group'] })
    },
    onError: (error) => {
      // `settings.servers.0.host` names the field of the form.
      const field = problemOf(error).details['field']
      if (typeof field === 'string')
        form.setFieldError(field.replace(/^(?:settings|values)\./, ''), problemOf(error).says)
    },
  })

  const isTakingOver = base.mode === 'inherit' && mode === 'override'
  const hasSecrets = storedSecrets(base).length > 0
  const isMoved = erasesSecrets?.(form.values, base) === true
  const isChanged = form.isDirty() || mode !== base.mode || childPermission !== base.childPermission
  const isEditable = mayEdit && mode === 'override'
  return (
    <form onSubmit={form.onSubmit((fields) => save.mutate(fields))} noValidate={!isEditable}>
      <Stack gap="lg" maw={720}>
        {page.generation !== base.generation && (
          <Notice
            about="warning"
            says="Somebody has changed these settings since you opened them."
            fix="Saving overwrites that. To see it, take the new ones; what you typed is lost then."
          >
            <Button size="compact-sm" variant="light" mt={6} onClick={() => begin(page, page.childPermission)}>
              Show the new ones
            </Button>
          </Notice>
        )}
        <div className="inheritance">
          <div>
            <Text size="sm" fw={600} id={`${ids}-mode`}>
              Where these settings come from
            </Text>
            <Text size="sm" c="dimmed" className="outside">
              {explain(base, mode, group)}
            </Text>
          </div>
          <SegmentedControl
            aria-labelledby={`${ids}-mode`}
            disabled={!isSwitchable || base.permission !== 'inheritOrOverride'}
            value={mode}
            onChange={(chosen) => {
              setMode(chosen as SettingsPage['mode'])
              if (chosen === 'inherit') form.setValues(fieldsOf(base))
            }}
            data={[
              { value: 'inherit', label: 'Inherit' },
              { value: 'override', label: 'Override' },
            ]}
          />
        </div>
        {base.mode === 'override' && mode === 'inherit' && (
          <Notice
            about="warning"
            says="Saving erases what this group has set here, stored passwords included."
            fix="From then on it follows the group above."
          />
        )}
        {isTakingOver && hasSecrets && (
          <Notice
            about="warning"
            says="The stored password stays with the group above."
            fix="It is used here as long as this group inherits. To override, enter one of your own."
          />
        )}
        {isEditable && !isTakingOver && hasSecrets && isMoved && (
          <Notice
            about="warning"
            says="Saving this erases the stored password."
            fix="It was given for another host, port, encryption or trust. Enter it again, for the new one."
          />
        )}
        <fieldset className="plain settings-fields" disabled={!isEditable}>
          {children({
            form,
            page: base,
            isEditable,
            mustRepeatSecrets: hasSecrets && (isTakingOver || isMoved),
            label: (text, field) => (
              <>
                {text}{' '}
                {isEditable && isTakingOver ? null : <Provenance from={base.values[field]?.from} group={group} />}
              </>
            ),
          })}
        </fieldset>
        <Select
          label="Groups below may"
          description="Whether they follow these settings or set their own."
          maw={320}
          allowDeselect={false}
          disabled={!isSwitchable}
          data={permissions}
          value={childPermission}
          onChange={(chosen) => chosen !== null && setChildPermission(chosen as ChildPermission)}
        />
        {asksConsent && isChanged && <ConsentFields consent={consent} onChange={setConsent} demand="note" />}
        {save.isError && <FailureNotice error={save.error} />}
        {mayEdit ? (
          <Group>
            <Button
              type="submit"
              loading={save.isPending}
              disabled={(!isChanged && !base.isOff) || (asksConsent && !isGiven(consent, 'note', session.hasPin))}
            >
              {base.isOff && mode === 'override' ? 'Turn on and save' : 'Save'}
            </Button>
            {isChanged && (
              <Text size="sm" c="dimmed" role="status">
                Not saved yet.
              </Text>
            )}
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            You may see these settings, and not change them.
          </Text>
        )}
      </Stack>
    </form>
  )
}
