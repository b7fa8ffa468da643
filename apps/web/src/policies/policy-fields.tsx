/**
 * The parts of a policy: what it is, its rules, and where it holds.
 *
 * @module
 */
import { Button, Checkbox, SegmentedControl, Select, Stack, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import type { Severity } from '../api/device-shapes.ts'
import type { PolicyContent, Rule } from '../api/policy-shapes.ts'
import { catalogueQuery } from '../devices/queries.ts'
import { Section } from '../parts/section.tsx'
import { useSourceNames } from '../sources/queries.ts'
import { RuleEditor } from './rule-editor.tsx'
import { freshRule } from './rule-kinds.ts'

export interface PolicyPartProps {
  readonly group: string
  readonly content: PolicyContent
  readonly change: (part: Partial<PolicyContent>) => void
  readonly isEditable: boolean
}

export function PolicyBasics({ content, change }: PolicyPartProps) {
  return (
    <Section title="Policy">
      <Stack gap="md">
        <TextInput
          label="Name"
          description="Network access control shows it where a device fails it."
          required
          maxLength={200}
          value={content.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Checkbox
          label="In use"
          checked={content.isEnabled}
          onChange={(event) => change({ isEnabled: event.currentTarget.checked })}
        />
        <Checkbox
          label="Keeps a device off the network"
          description="Otherwise failing it is only shown."
          checked={content.countsForAccess}
          onChange={(event) => change({ countsForAccess: event.currentTarget.checked })}
        />
        <Select
          label="Severity"
          maw={220}
          allowDeselect={false}
          data={['low', 'medium', 'high']}
          value={content.severity}
          onChange={(severity) => severity !== null && change({ severity: severity as Severity })}
        />
        <Textarea
          label="What its user can do"
          description="Network access control shows it to whoever is kept off."
          maxLength={500}
          autosize
          minRows={2}
          value={content.remediation}
          onChange={(event) => change({ remediation: event.currentTarget.value })}
        />
      </Stack>
    </Section>
  )
}

export function PolicyRules({ group, content, change, isEditable }: PolicyPartProps) {
  const ids = useId()
  const catalogue = useQuery(catalogueQuery)
  const sourceNames = useSourceNames(group)
  const changeRule = (at: number, rule: Rule) =>
    change({ rules: content.rules.map((one, index) => (index === at ? rule : one)) })
  return (
    <Section title="Rules">
      <Stack gap="md">
        <div>
          <Text size="sm" fw={600} mb={4} id={`${ids}-match`}>
            A device keeps the policy when it keeps
          </Text>
          <SegmentedControl
            aria-labelledby={`${ids}-match`}
            disabled={!isEditable}
            value={content.match}
            onChange={(match) => change({ match: match as PolicyContent['match'] })}
            data={[
              { value: 'all', label: 'every rule' },
              { value: 'any', label: 'one of them' },
            ]}
          />
        </div>
        {content.rules.map((rule, index) => (
          <RuleEditor
            key={index}
            number={index + 1}
            rule={rule}
            facts={catalogue.data?.facts ?? []}
            sourceNames={sourceNames}
            onChange={(changed) => changeRule(index, changed)}
            onRemove={
              isEditable && content.rules.length > 1
                ? () => change({ rules: content.rules.filter((_, other) => other !== index) })
                : undefined
            }
          />
        ))}
        {isEditable && (
          <Button
            variant="light"
            className="start"
            disabled={content.rules.length >= 50}
            onClick={() => change({ rules: [...content.rules, freshRule] })}
          >
            Add a rule
          </Button>
        )}
        <TagsInput
          label="Only for these platforms"
          description="Empty: for all. It does not hold for a device whose platform nobody knows, unless empty."
          data={['linux', 'windows', 'macos', 'ios', 'android']}
          maxTags={20}
          value={[...content.platforms]}
          onChange={(platforms) => change({ platforms: platforms.map((one) => one.toLowerCase()) })}
        />
      </Stack>
    </Section>
  )
}
