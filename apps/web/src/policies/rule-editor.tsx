/**
 * One rule of a policy: which fact, what it has to be, and what it means that nobody can tell.
 *
 * @module
 */
import { ActionIcon, Select, TagsInput, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import type { DeviceCatalogue } from '../api/device-shapes.ts'
import type { Rule, WhenUnknown } from '../api/policy-shapes.ts'
import { factTitle, sourceWord } from '../devices/words.ts'
import { reporting, booleanKinds, textKinds, begun, ofKind } from './rule-kinds.ts'
import { WholeNumber } from '../parts/whole-number.tsx'

export interface RuleEditorProps {
  readonly number: number
  readonly rule: Rule
  readonly facts: DeviceCatalogue['facts']
  /** What the inventory calls sources, with the names of federated ones. */
  readonly sourceNames: ReadonlyMap<string, string>
  readonly onChange: (rule: Rule) => void
  readonly onRemove: (() => void) | undefined
}

export function RuleEditor({ number, rule, facts, sourceNames, onChange, onRemove }: RuleEditorProps) {
  const subject = rule.kind === 'reportedWithin' ? reporting : rule.fact
  const kindOf = (fact: string) => facts.find(({ name }) => name === fact)?.kind ?? 'boolean'
  const isText = subject !== reporting && kindOf(subject) === 'text'
  return (
    <fieldset className="rule">
      <legend>Rule {number}</legend>
      <div className="rule-fields">
        <Select
          label="What"
          allowDeselect={false}
          searchable
          data={[
            { value: reporting, label: 'Last report' },
            ...facts.map(({ name }) => ({ value: name, label: factTitle(name) })),
          ]}
          value={subject}
          onChange={(chosen) => {
            if (chosen !== null && chosen !== subject) onChange(begun(chosen, kindOf(chosen), rule.whenUnknown))
          }}
        />
        {subject !== reporting && (
          <Select
            label="Has to be"
            allowDeselect={false}
            data={isText ? textKinds(subject) : booleanKinds}
            value={rule.kind}
            onChange={(kind) => kind !== null && onChange(ofKind(rule, kind))}
          />
        )}
        {rule.kind === 'atLeast' && (
          <TextInput
            label="Version"
            placeholder="14.5"
            required
            pattern="\d{1,9}(\.\d{1,9}){0,5}"
            title="numbers with dots between"
            value={rule.version}
            onChange={(event) => onChange({ ...rule, version: event.currentTarget.value })}
          />
        )}
        {(rule.kind === 'oneOf' || rule.kind === 'noneOf') && (
          <TagsInput
            label="These"
            description="Enter after each; letters are compared without case."
            maxTags={200}
            value={[...rule.values]}
            onChange={(values) => onChange({ ...rule, values })}
          />
        )}
        {rule.kind === 'reportedWithin' && (
          <>
            <WholeNumber
              label="At most so many hours ago"
              min={1}
              max={8760}
              value={rule.hours}
              onChange={(hours) => onChange({ ...rule, hours: Number(hours) || 1 })}
            />
            <Select
              label="By"
              placeholder="any source"
              clearable
              data={['hub', 'fusionInventory', ...sourceNames.keys()].map((value) => ({
                value,
                label: sourceWord(value, sourceNames),
              }))}
              value={rule.source ?? null}
              onChange={(source) => {
                const { source: _, ...rest } = rule
                onChange(source === null ? rest : { ...rest, source })
              }}
            />
          </>
        )}
        <Select
          label="If nobody can tell"
          allowDeselect={false}
          data={[
            { value: 'fails', label: 'the rule fails' },
            { value: 'passes', label: 'it is kept' },
          ]}
          value={rule.whenUnknown}
          onChange={(whenUnknown) =>
            whenUnknown !== null && onChange({ ...rule, whenUnknown: whenUnknown as WhenUnknown })
          }
        />
      </div>
      {onRemove !== undefined && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={`Remove rule ${number}`}
          onClick={onRemove}
          className="copy-button"
        >
          <IconTrash size={18} aria-hidden />
        </ActionIcon>
      )}
    </fieldset>
  )
}
