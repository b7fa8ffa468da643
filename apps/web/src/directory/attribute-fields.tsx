/**
 * Which attribute each field comes from, and attributes of one's own.
 *
 * @module
 */
import { ActionIcon, Button, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { FormPart } from '../parts/form-part.tsx'
import type { DirectoryParts } from './directory-form.tsx'
import { typeNames } from './directory-types.ts'
import { groupFieldNames, userFieldNames } from './field-names.ts'

const mostCustom = 50

export function AttributeFields({ form, label, defaults }: DirectoryParts) {
  const { type, userAttributes, groupAttributes, customAttributes } = form.values
  const changed = [...Object.values(userAttributes), ...Object.values(groupAttributes)].filter(
    (one) => one.trim() !== '',
  )
  const own = customAttributes.length === 0 ? '' : `, ${customAttributes.length} of your own`
  return (
    <FormPart
      title="Attributes"
      folded={`${changed.length === 0 ? `as in ${typeNames[type]}` : `${changed.length} set by hand`}${own}`}
      says="Empty: the attribute that stands in the field. Try the mapping below with somebody you know."
    >
      <Mapped
        form={form}
        title={label('Of users', 'userAttributes')}
        name="userAttributes"
        fields={userFieldNames}
        defaults={defaults.mapping.user}
      />
      <Mapped
        form={form}
        title={label('Of groups', 'groupAttributes')}
        name="groupAttributes"
        fields={groupFieldNames}
        defaults={defaults.mapping.group}
      />
      <Custom form={form} label={label} />
    </FormPart>
  )
}

interface MappedProps extends Pick<DirectoryParts, 'form'> {
  readonly title: React.ReactNode
  readonly name: 'userAttributes' | 'groupAttributes'
  readonly fields: readonly (readonly [name: string, title: string])[]
  readonly defaults: Readonly<Record<string, string>>
}

function Mapped({ form, title, name, fields, defaults }: MappedProps) {
  return (
    <fieldset className="plain">
      <Text component="legend" size="sm" fw={600} mb={4}>
        {title}
      </Text>
      <div className="mapping">
        {fields.map(([field, words]) => (
          <TextInput
            key={field}
            label={words}
            size="xs"
            placeholder={defaults[field] ?? 'not read'}
            spellCheck={false}
            {...form.getInputProps(`${name}.${field}`)}
            value={form.values[name][field] ?? ''}
          />
        ))}
      </div>
    </fieldset>
  )
}

function Custom({ form, label }: Pick<DirectoryParts, 'form' | 'label'>) {
  const { customAttributes } = form.values
  return (
    <fieldset className="plain">
      <Text component="legend" size="sm" fw={600}>
        {label('Attributes of your own', 'customAttributes')}
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        Read with every user and shown under the name you give them.
      </Text>
      <Stack gap="xs">
        {customAttributes.map((_, index) => (
          <div className="custom-attribute" key={index}>
            <TextInput
              aria-label={`Name of your attribute ${index + 1}`}
              placeholder="badge"
              pattern="[A-Za-z][A-Za-z0-9_\-]*"
              maxLength={40}
              required
              spellCheck={false}
              {...form.getInputProps(`customAttributes.${index}.name`)}
            />
            <TextInput
              aria-label={`Attribute ${index + 1} in the directory`}
              placeholder="extensionAttribute1"
              maxLength={128}
              required
              spellCheck={false}
              {...form.getInputProps(`customAttributes.${index}.attribute`)}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              className="copy-button"
              aria-label={`Remove your attribute ${index + 1}`}
              onClick={() => form.removeListItem('customAttributes', index)}
            >
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          </div>
        ))}
      </Stack>
      {customAttributes.length < mostCustom && (
        <Button
          variant="subtle"
          size="compact-sm"
          mt={6}
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => form.insertListItem('customAttributes', { name: '', attribute: '' })}
        >
          Another attribute
        </Button>
      )}
    </fieldset>
  )
}
