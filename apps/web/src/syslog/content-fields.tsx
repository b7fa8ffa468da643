/**
 * Which events a target gets, and how many may wait for it.
 *
 * @module
 */
import { MultiSelect, NumberInput, Select, Switch } from '@mantine/core'
import { categoryWords, severityWords } from '../events/words.ts'
import { FormPart } from '../parts/form-part.tsx'
import type { TargetPartProps } from './target-form.tsx'

export function What({ form }: TargetPartProps) {
  return (
    <FormPart title="What it gets">
      <div className="fields-row">
        <Select
          label="How bad"
          allowDeselect={false}
          data={Object.entries(severityWords).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('severity')}
        />
        <MultiSelect
          label="About"
          placeholder={form.values.categories.length === 0 ? 'everything' : ''}
          data={Object.entries(categoryWords).map(([value, label]) => ({ value, label }))}
          value={[...form.values.categories]}
          onChange={(chosen) => form.setFieldValue('categories', chosen)}
          error={form.errors['categories']}
        />
      </div>
      <Switch
        label="Also what belongs to no group"
        description="Sign-ins and the console itself. Only for who has the right over the whole installation."
        {...form.getInputProps('withInstallation', { type: 'checkbox' })}
      />
      <NumberInput
        label="Room for what waits, in MiB"
        description="Beyond it the oldest are dropped, counted, and announced as an event."
        maw={320}
        min={0.0625}
        max={256}
        decimalScale={4}
        {...form.getInputProps('spoolMiB')}
      />
    </FormPart>
  )
}
