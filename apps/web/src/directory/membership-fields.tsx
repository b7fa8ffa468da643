/**
 * Who is in a group, how groups in groups count, and when an account counts as disabled.
 *
 * @module
 */
import { NumberInput, Select, TextInput } from '@mantine/core'
import { FormPart } from '../parts/form-part.tsx'
import type { DirectoryParts } from './directory-form.tsx'
import { disabledWords, transitiveWords } from './words.ts'

export function MembershipFields({ form, label, defaults }: DirectoryParts) {
  const { membership, disabledRule, groupAttributes } = form.values
  const member = groupAttributes['member']?.trim() || defaults.mapping.group['member'] || 'member'
  const byDefault = `as usual here: ${transitiveWords[defaults.transitive]}`
  const disabled = disabledRule.kind === 'default' ? disabledWords(defaults.disabledRule) : disabledWords(disabledRule)
  return (
    <FormPart
      title="Membership and disabled accounts"
      folded={`${transitiveWords[membership.transitive || defaults.transitive]}; disabled: ${disabled}`}
    >
      <div className="fields-row">
        <TextInput
          label={label('Membership attribute of a group', 'membership')}
          description="Empty: that of the field Members."
          placeholder={member}
          spellCheck={false}
          {...form.getInputProps('membership.attribute')}
        />
        <Select
          label="It holds"
          description="memberUid holds sign-in names."
          allowDeselect={false}
          data={[
            { value: 'dn', label: 'DNs' },
            { value: 'login', label: 'sign-in names' },
          ]}
          {...form.getInputProps('membership.holds')}
        />
      </div>
      <Select
        label="Groups in groups"
        description="The server’s own rule is one question on Active Directory; step by step works everywhere, cycles included."
        allowDeselect={false}
        data={[
          { value: '', label: byDefault },
          ...['matchingRule', 'walk', 'none'].map((value) => ({ value, label: transitiveWords[value] ?? value })),
        ]}
        {...form.getInputProps('membership.transitive')}
      />
      <Select
        label={label('An account is disabled', 'disabledRule')}
        allowDeselect={false}
        data={[
          { value: 'default', label: `as usual here: ${disabledWords(defaults.disabledRule)}` },
          { value: 'value', label: 'when an attribute has a value' },
          { value: 'flagBit', label: 'when a flag of a number is set' },
          { value: 'none', label: 'never, as far as the directory says' },
        ]}
        {...form.getInputProps('disabledRule.kind')}
      />
      {(disabledRule.kind === 'value' || disabledRule.kind === 'flagBit') && (
        <div className="fields-row">
          <TextInput
            label="Attribute"
            required
            withAsterisk={false}
            spellCheck={false}
            {...form.getInputProps('disabledRule.attribute')}
          />
          {disabledRule.kind === 'value' ? (
            <TextInput
              label="Value"
              description="Capital letters make no difference."
              required
              withAsterisk={false}
              {...form.getInputProps('disabledRule.value')}
            />
          ) : (
            <NumberInput
              label="Flag"
              description="A power of two: 2 of userAccountControl."
              required
              withAsterisk={false}
              min={1}
              max={2 ** 31}
              allowDecimal={false}
              hideControls
              {...form.getInputProps('disabledRule.bit')}
            />
          )}
        </div>
      )}
    </FormPart>
  )
}
