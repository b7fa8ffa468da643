/**
 * The form of a settings page: what it began with, what was typed since, and how it is stored.
 *
 * @module
 */
import { useForm, type UseFormReturnType } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { problemOf } from '../api/problem.ts'
import type { ChildPermission, SettingsPage } from '../api/service-shapes.ts'
import { noConsent } from '../parts/consent-fields.tsx'
import { may, useSession } from '../shell/session.ts'
import { startOf } from './inheritance.ts'
import { changeOf, storedSecrets, type Values } from './page-values.ts'
import { saveSettings, type SavedPage } from './settings-query.ts'

export interface SettingsFormOptions<Fields> {
  readonly group: string
  readonly page: SettingsPage
  readonly fieldsOf: (page: SettingsPage) => Fields
  readonly valuesOf: (fields: Fields, page: SettingsPage) => Values
  /** Whether this change moves where to connect, or whom to believe: the stored secret does not go along. */
  readonly erasesSecrets?: ((fields: Fields, page: SettingsPage) => boolean) | undefined
  readonly saved?: string | undefined
  /** Changing this page is itself something to give a reason for. */
  readonly asksConsent?: boolean | undefined
  /** Another way to store values, for who may change the service and not its settings page. */
  readonly store?: ((values: Values) => Promise<unknown>) | undefined
}

export function useSettingsForm<Fields extends object>(options: SettingsFormOptions<Fields>) {
  const { group, page, fieldsOf, valuesOf, store } = options
  const [consent, setConsent] = useState(noConsent)
  const session = useSession()
  const queryClient = useQueryClient()
  // What the form began with: a refresh, or somebody else, does not overwrite what is typed.
  const [base, setBase] = useState(page)
  const isSwitchable = may(session, 'settings:edit') && store === undefined
  const mayEdit = isSwitchable || store !== undefined
  const [mode, setMode] = useState(startOf(page, mayEdit))
  const [childPermission, setChildPermission] = useState(page.childPermission)
  // Stored past this page, so that what comes next is our own and not somebody else's.
  const [isAwaited, setIsAwaited] = useState(false)
  const form: UseFormReturnType<Fields> = useForm<Fields>({ initialValues: fieldsOf(page) })

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
        ...(options.asksConsent === true ? consent : {}),
      })
    },
    onSuccess: async (answer) => {
      if (answer === undefined) setIsAwaited(true)
      else {
        queryClient.setQueryData(['group', group, 'settings', base.page], answer)
        begin(answer, answer.childPermission)
      }
      notifications.show({ message: options.saved ?? 'Saved. The connectors get the settings now.' })
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
  useEffect(() => {
    if (!isAwaited || page.generation === base.generation) return
    setIsAwaited(false)
    begin(page, page.childPermission)
  })

  const isTakingOver = base.mode === 'inherit' && mode === 'override'
  return {
    form,
    save,
    begin,
    base,
    consent,
    setConsent,
    mode,
    setMode: (chosen: SettingsPage['mode']) => {
      setMode(chosen)
      if (chosen === 'inherit') form.setValues(fieldsOf(base))
    },
    childPermission,
    setChildPermission,
    isSwitchable,
    mayEdit,
    isTakingOver,
    isAwaited,
    hasSecrets: storedSecrets(base).length > 0,
    isMoved: options.erasesSecrets?.(form.values, base) === true,
    isChanged: form.isDirty() || mode !== base.mode || childPermission !== base.childPermission,
    /** Somebody did something here; a service that is off begins as one that is to be set up. */
    isTouched: form.isDirty() || mode !== startOf(base, mayEdit) || childPermission !== base.childPermission,
    isEditable: mayEdit && mode === 'override',
  }
}
