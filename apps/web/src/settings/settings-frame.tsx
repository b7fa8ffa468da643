/**
 * What every settings page has: inherit or override, what children may do, where each value
 * comes from, and who runs on it. The fields themselves are handed in.
 *
 * @module
 */
import { Button, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useId, type ReactNode } from 'react'
import type { ChildPermission, SettingsPage } from '../api/service-shapes.ts'
import { ConsentFields, isGiven } from '../parts/consent-fields.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { OnlySeen } from '../parts/only-seen.tsx'
import { useSession } from '../shell/session.ts'
import { explain, permissions } from './inheritance.ts'
import { Provenance } from './provenance.tsx'
import { ChangedMeanwhile, WhatIsErased } from './settings-notices.tsx'
import { useSettingsForm, type SettingsFormOptions } from './settings-form.ts'
import { Unsaved } from './unsaved.tsx'

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

export interface SettingsFrameProps<Fields> extends SettingsFormOptions<Fields> {
  readonly children: (parts: SettingsParts<Fields>) => ReactNode
}

export function SettingsFrame<Fields extends object>({ children, ...options }: SettingsFrameProps<Fields>) {
  const { group, page, asksConsent = false } = options
  const session = useSession()
  const ids = useId()
  const settings = useSettingsForm(options)
  const { form, save, base, mode, isEditable, isTakingOver, isChanged, isTouched, isMoved, isSwitchable, hasSecrets } =
    settings
  return (
    <form onSubmit={form.onSubmit((fields) => save.mutate(fields))} noValidate={!isEditable}>
      <Unsaved isChanged={isTouched && settings.mayEdit && !save.isPending} />
      <Stack gap="lg" maw={760}>
        {page.generation !== base.generation && !settings.isAwaited && (
          <ChangedMeanwhile onShow={() => settings.begin(page, page.childPermission)} />
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
            onChange={(chosen) => settings.setMode(chosen as SettingsPage['mode'])}
            data={[
              { value: 'inherit', label: 'Inherit' },
              { value: 'override', label: 'Override' },
            ]}
          />
        </div>
        <WhatIsErased form={settings} />
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
          value={settings.childPermission}
          onChange={(chosen) => chosen !== null && settings.setChildPermission(chosen as ChildPermission)}
        />
        {asksConsent && isChanged && (
          <ConsentFields consent={settings.consent} onChange={settings.setConsent} demand="note" />
        )}
        {save.isError && <FailureNotice error={save.error} />}
        {settings.mayEdit ? (
          <div className={isTouched ? 'save-line is-changed' : 'save-line'}>
            <Group>
              <Button
                type="submit"
                loading={save.isPending}
                disabled={
                  (!isChanged && !base.isOff) || (asksConsent && !isGiven(settings.consent, 'note', session.hasPin))
                }
              >
                {base.isOff && mode === 'override' ? 'Turn on and save' : 'Save'}
              </Button>
              {isTouched && (
                <Text size="sm" c="dimmed" role="status">
                  Not saved yet.
                </Text>
              )}
            </Group>
          </div>
        ) : (
          <OnlySeen what="these settings" />
        )}
      </Stack>
    </form>
  )
}
