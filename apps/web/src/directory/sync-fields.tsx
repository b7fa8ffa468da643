/**
 * The sync: how often, by what means, and what makes it stop and ask.
 *
 * @module
 */
import { NumberInput, Select, Switch } from '@mantine/core'
import { FormPart } from '../parts/form-part.tsx'
import type { DirectoryParts } from './directory-form.tsx'
import { deletionWords, methodWords } from './words.ts'

export function SyncFields({ form, label }: DirectoryParts) {
  const { isOn, everyMinutes } = form.values.sync
  const check = (name: string) => form.getInputProps(`sync.${name}`, { type: 'checkbox' })
  const field = (name: string) => form.getInputProps(`sync.${name}`)
  const options = (words: Readonly<Record<string, string>>) =>
    Object.entries(words).map(([value, text]) => ({ value, label: text }))
  return (
    <FormPart
      title="Sync"
      folded={isOn ? `changes every ${everyMinutes} minutes` : 'off: people are looked up when they are needed'}
    >
      <Switch
        label={label('Keep people and groups of the directory here', 'sync')}
        description="Before the first time a preview says what would come."
        {...check('isOn')}
      />
      <Switch label="Groups and memberships as well" {...check('groups')} />
      <div className="fields-row">
        <NumberInput
          label="Changes every, in minutes"
          min={1}
          max={1440}
          allowDecimal={false}
          {...field('everyMinutes')}
        />
        <NumberInput
          label="Everything anew every, in hours"
          min={1}
          max={744}
          allowDecimal={false}
          {...field('fullEveryHours')}
        />
      </div>
      <div className="fields-row">
        <Select
          label="How changes are found"
          allowDeselect={false}
          data={options(methodWords)}
          {...field('incremental')}
        />
        <Select
          label="How deletions are found"
          allowDeselect={false}
          data={options(deletionWords)}
          {...field('deletions')}
        />
      </div>
      <fieldset className="plain">
        <legend className="field-legend">A run is held until somebody has looked at it, if it would</legend>
        <div className="fields-row">
          <NumberInput
            label="remove more than"
            description="objects"
            min={0}
            max={1_000_000}
            allowDecimal={false}
            thousandSeparator=","
            {...field('safeguards.maxRemovals')}
          />
          <NumberInput
            label="remove more than"
            description="percent of all"
            suffix=" %"
            min={0}
            max={100}
            {...field('safeguards.maxRemovalsPercent')}
          />
          <NumberInput
            label="change more than"
            description="percent of all"
            suffix=" %"
            min={0}
            max={100}
            {...field('safeguards.maxChangesPercent')}
          />
          <NumberInput
            label="take away more than"
            description="percent of all memberships"
            suffix=" %"
            min={0}
            max={100}
            {...field('safeguards.maxMembershipsRemovedPercent')}
          />
        </div>
      </fieldset>
    </FormPart>
  )
}
